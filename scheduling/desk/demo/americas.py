"""Made-up clients between Nunatsiavut and the Río de la Plata."""

from scheduling.desk.demo.cast import (
    ATLANTIC,
    EARLY_BIRD,
    MON_FRI,
    NIGHT_OWL,
    Away,
    Channel,
    DemoClient,
    DemoContact,
    Segment,
    Size,
    weekly,
)

CLIENTS = (
    DemoClient(
        name="Érable & Fils Inc.", team=ATLANTIC, segment=Segment.KEY, industry="Furniture", size=Size.LARGE,
        country="CA", city="Montréal", notes="Renews in spring. Sends the agenda round before every call.",
        contacts=(
            DemoContact(
                full_name="Geneviève Lacasse", address_as="Mme Lacasse", job_title="Directrice des achats",
                language="fr-CA", time_zone="America/Toronto", calendar="CA-QC",
                email="genevieve@erable-et-fils.example",
                phone="+15145550101", working_hours=weekly(MON_FRI, "08:30-12:00", "13:00-16:30"),
                preferred_hours=weekly(MON_FRI, "09:30-11:30"), preferred_channel=Channel.VIDEO,
                notes="Prefers French, answers in English.",
            ),
            DemoContact(
                full_name="Olivier Fontaine", address_as="Olivier", job_title="Chef d’atelier",
                language="fr-CA", time_zone="America/Moncton", calendar="CA-NB",
                email="olivier@erable-et-fils.example",
                working_hours=weekly(MON_FRI, "07:00-15:30"), reachable_hours=EARLY_BIRD,
                preferred_channel=Channel.PHONE, phone="+15065550101", away=(Away("Vacances", 17, 9),),
            ),
        ),
    ),
    DemoClient(
        name="Northern Kettle Co-operative", team=ATLANTIC, segment=Segment.GROWTH, industry="Food", size=Size.SMALL,
        country="CA", city="St. John’s", contacts=(
            DemoContact(
                full_name="Brigid Noseworthy", address_as="Brigid", job_title="General manager", language="en-CA",
                time_zone="America/St_Johns", calendar="CA-NL", email="brigid@northern-kettle.example",
                phone="+17095550101", preferred_hours=weekly(MON_FRI, "10:00-12:00"),
                notes="Half an hour off everybody else: say the time twice.",
            ),
        ),
    ),
    DemoClient(
        name="Redwood Almanac LLC", team=ATLANTIC, segment=Segment.KEY, industry="Publishing", size=Size.MEDIUM,
        country="US", city="San Francisco", contacts=(
            DemoContact(
                full_name="Delia Marsh", address_as="Delia", job_title="Chief operating officer", language="en-US",
                time_zone="America/Los_Angeles", calendar="US-CA", email="delia@redwood-almanac.example",
                phone="+14155550101", preferred_channel=Channel.VIDEO, reachable_hours=EARLY_BIRD,
                preferred_hours=weekly(MON_FRI, "09:00-11:00"), buffer_minutes=15,
            ),
            DemoContact(
                full_name="Keoni Palakiko", address_as="Keoni", job_title="Island editor", language="en-US",
                time_zone="Pacific/Honolulu", calendar="US-HI", email="keoni@redwood-almanac.example",
                phone="+18085550101", working_hours=weekly(MON_FRI, "07:30-16:00"), reachable_hours=EARLY_BIRD,
                away=(Away("Vacation", 38, 10),),
            ),
        ),
    ),
    DemoClient(
        name="Copper Finch Freight Inc.", team=ATLANTIC, segment=Segment.STANDARD, industry="Logistics",
        size=Size.MEDIUM, country="US", city="Phoenix", contacts=(
            DemoContact(
                full_name="Walt Hennessy", address_as="Mr. Hennessy", job_title="Dispatch lead", language="en-US",
                time_zone="America/Phoenix", calendar="US-AZ", email="walt@copper-finch.example",
                phone="+16025550101", working_hours=weekly("mon-thu", "06:00-16:30"), reachable_hours=EARLY_BIRD,
                preferred_channel=Channel.PHONE, reminder_minutes=(60,),
                notes="Works four long days, Monday to Thursday.",
            ),
        ),
    ),
    DemoClient(
        name="Semilla y Sal S.A. de C.V.", team=ATLANTIC, segment=Segment.GROWTH, industry="Food", size=Size.MEDIUM,
        country="MX", city="Ciudad de México", contacts=(
            DemoContact(
                full_name="Lucía Arriaga Solís", address_as="Lic. Arriaga", job_title="Gerente comercial",
                language="es-MX", time_zone="America/Mexico_City", calendar="semilla",
                email="lucia@semilla-y-sal.example",
                working_hours=weekly(MON_FRI, "09:00-14:00", "16:00-19:00"), reachable_hours=NIGHT_OWL,
                preferred_channel=Channel.VIDEO,
            ),
            DemoContact(
                full_name="Emilio Cetina Pech", address_as="Emilio", job_title="Jefe de planta", language="es-MX",
                time_zone="America/Cancun", calendar="MX", email="emilio@semilla-y-sal.example",
                working_hours=weekly("mon-sat", "08:00-15:00"),
            ),
        ),
    ),
    DemoClient(
        name="Cumbre Azul S.A.S.", team=ATLANTIC, segment=Segment.STANDARD, industry="Outdoor gear", size=Size.SMALL,
        country="CO", city="Bogotá", contacts=(
            DemoContact(
                full_name="Andrés Felipe Quintero", address_as="don Andrés", job_title="Gerente", language="es-CO",
                time_zone="America/Bogota", calendar="CO", email="andres@cumbre-azul.example",
                working_hours=weekly(MON_FRI, "08:00-12:00", "14:00-18:00"),
                preferred_hours=weekly(MON_FRI, "10:00-12:00"), away=(Away("Vacaciones", 9, 4),),
            ),
            DemoContact(
                full_name="Marcela Ibáñez Rueda", address_as="Marcela", job_title="Compras", language="es-CO",
                time_zone="America/Bogota", calendar="CO", email="marcela@cumbre-azul.example",
                preferred_channel=Channel.CHAT,
            ),
        ),
    ),
    DemoClient(
        name="Lumen Orchard Ltda", team=ATLANTIC, segment=Segment.KEY, industry="Lighting", size=Size.LARGE,
        country="BR", city="São Paulo", contacts=(
            DemoContact(
                full_name="Beatriz Figueira Lobo", address_as="Dra. Beatriz", job_title="Diretora de operações",
                language="pt-BR", time_zone="America/Sao_Paulo", calendar="BR-SP",
                email="beatriz@lumen-orchard.example",
                working_hours=weekly(MON_FRI, "09:00-12:30", "13:30-18:00"), preferred_channel=Channel.VIDEO,
                away=(Away("Férias", 50, 12),),
            ),
            DemoContact(
                full_name="Caio Nogueira", address_as="Caio", job_title="Engenheiro de campo", language="pt-BR",
                time_zone="America/Manaus", calendar="BR-AM", email="caio@lumen-orchard.example",
                working_hours=weekly(MON_FRI, "07:00-16:00"), reachable_hours=EARLY_BIRD,
            ),
        ),
    ),
    DemoClient(
        name="Pampa Señal S.R.L.", team=ATLANTIC, segment=Segment.STANDARD, industry="Telecommunications",
        size=Size.SMALL, country="AR", city="Buenos Aires", contacts=(
            DemoContact(
                full_name="Florencia Aguirre", address_as="Flor", job_title="Socia gerente", language="es-AR",
                time_zone="America/Argentina/Buenos_Aires", calendar="AR", email="florencia@pampa-senal.example",
                working_hours=weekly(MON_FRI, "10:00-13:00", "15:00-19:00"), reachable_hours=NIGHT_OWL,
                preferred_hours=weekly(MON_FRI, "15:00-19:00"), preferred_channel=Channel.CHAT,
            ),
        ),
    ),
)  # fmt: skip
