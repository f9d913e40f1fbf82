"""Made-up clients between the Azores and the Cape."""

from scheduling.desk.demo.cast import (
    ATLANTIC,
    EARLY_BIRD,
    MON_FRI,
    NIGHT_OWL,
    SUN_THU,
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
        name="Thistle & Tide Ltd", team=ATLANTIC, segment=Segment.GROWTH, industry="Textiles", size=Size.SMALL,
        country="GB", city="Edinburgh", contacts=(
            DemoContact(
                full_name="Isla Drummond", address_as="Isla", job_title="Managing director", language="en-GB",
                time_zone="Europe/London", calendar="GB-SCT", email="isla@thistle-and-tide.example",
                phone="+441314960101", preferred_channel=Channel.PHONE,
                preferred_hours=weekly(MON_FRI, "09:30-12:00"),
            ),
        ),
    ),
    DemoClient(
        name="Nordlicht Werkbank GmbH", team=ATLANTIC, segment=Segment.KEY, industry="Machine tools", size=Size.LARGE,
        country="DE", city="München", notes="Quarterly reviews with both contacts; minutes go to Dr. Brandt.",
        contacts=(
            DemoContact(
                full_name="Dr. Anneliese Brandt", address_as="Frau Dr. Brandt", job_title="Leiterin Einkauf",
                language="de-DE", time_zone="Europe/Berlin", calendar="nordlicht", email="a.brandt@nordlicht.example",
                phone="+498999998101", working_hours=weekly(MON_FRI, "08:00-16:30"),
                preferred_hours=weekly("tue-thu", "09:00-11:30"), preferred_channel=Channel.VIDEO,
            ),
            DemoContact(
                full_name="Jonas Wiesner", address_as="Herr Wiesner", job_title="Projektleiter", language="de-DE",
                time_zone="Europe/Berlin", calendar="nordlicht", email="j.wiesner@nordlicht.example",
                working_hours={**weekly("mon-thu", "08:30-17:00"), "fri": [["08:30", "13:00"]]},
                away=(Away("Elternzeit", 20, 14),),
            ),
        ),
    ),
    DemoClient(
        name="Faro de Papel S.L.", team=ATLANTIC, segment=Segment.STANDARD, industry="Stationery", size=Size.SMALL,
        country="ES", city="Madrid", contacts=(
            DemoContact(
                full_name="Marina Olmedo Prieto", address_as="Marina", job_title="Directora", language="es-ES",
                time_zone="Europe/Madrid", calendar="ES-MD", email="marina@faro-de-papel.example",
                working_hours=weekly(MON_FRI, "09:00-14:00", "16:00-19:00"), reachable_hours=NIGHT_OWL,
            ),
            DemoContact(
                full_name="Gara Santana Déniz", address_as="Gara", job_title="Responsable de tienda", language="es-ES",
                time_zone="Atlantic/Canary", calendar="ES-CN", email="gara@faro-de-papel.example",
                working_hours=weekly("mon-sat", "10:00-14:00"), preferred_channel=Channel.CHAT,
                away=(Away("Vacaciones", 4, 6),),
            ),
        ),
    ),
    DemoClient(
        name="Baleia Branca Lda", team=ATLANTIC, segment=Segment.STANDARD, industry="Tourism", size=Size.MICRO,
        country="PT", city="Ponta Delgada", contacts=(
            DemoContact(
                full_name="Duarte Medeiros", address_as="Duarte", job_title="Proprietário", language="pt-PT",
                time_zone="Atlantic/Azores", calendar="PT-20", email="duarte@baleia-branca.example",
                working_hours=weekly("mon-fri", "09:00-13:00", "14:00-18:00"), preferred_channel=Channel.PHONE,
            ),
        ),
    ),
    DemoClient(
        name="Atelier Carpat SRL", team=ATLANTIC, segment=Segment.GROWTH, industry="Ceramics", size=Size.MEDIUM,
        country="RO", city="București", contacts=(
            DemoContact(
                full_name="Sânziana Petrescu", address_as="doamnă Petrescu", job_title="Director comercial",
                language="ro-RO", time_zone="Europe/Bucharest", calendar="RO", email="sanziana@atelier-carpat.example",
                working_hours=weekly(MON_FRI, "09:00-18:00"), preferred_hours=weekly(MON_FRI, "10:00-16:00"),
                preferred_channel=Channel.VIDEO,
            ),
            DemoContact(
                full_name="Radu Lupescu", address_as="Radu", job_title="Logistică", language="ro-RO",
                time_zone="Europe/Bucharest", calendar="RO", email="radu@atelier-carpat.example",
                working_hours=weekly(MON_FRI, "08:00-16:00"), away=(Away("Concediu", 30, 5),),
            ),
        ),
    ),
    DemoClient(
        name="Duna Óramű Kft.", team=ATLANTIC, segment=Segment.STANDARD, industry="Watchmaking", size=Size.MICRO,
        country="HU", city="Budapest", contacts=(
            DemoContact(
                full_name="Szilvia Havas", native_name="Havas Szilvia", address_as="Szilvia",
                job_title="Ügyvezető", language="hu-HU", time_zone="Europe/Budapest", calendar="duna",
                email="szilvia@duna-oramu.example", working_hours=weekly(MON_FRI, "08:00-16:00"),
            ),
        ),
    ),
    DemoClient(
        name="Cour de l’Atlas SARL", team=ATLANTIC, segment=Segment.GROWTH, industry="Crafts", size=Size.SMALL,
        country="MA", city="Casablanca", contacts=(
            DemoContact(
                full_name="Salma Berrada", native_name="سلمى برادة", address_as="Mme Berrada", job_title="Gérante",
                language="fr-MA", time_zone="Africa/Casablanca", calendar="MA", email="salma@cour-de-l-atlas.example",
                working_hours=weekly(MON_FRI, "08:30-12:30", "14:30-18:30"), preferred_channel=Channel.PHONE,
                notes="Clocks go back for Ramadan; her mornings are best then.",
            ),
        ),
    ),
    DemoClient(
        name="Papyrus Lane for Publishing", team=ATLANTIC, segment=Segment.KEY, industry="Publishing",
        size=Size.MEDIUM, country="EG", city="القاهرة", contacts=(
            DemoContact(
                full_name="Nadia Fahmy", native_name="نادية فهمي", address_as="أستاذة نادية",
                job_title="Editorial director", language="ar-EG", time_zone="Africa/Cairo", calendar="papyrus",
                email="nadia@papyrus-lane.example", working_hours=weekly(SUN_THU, "09:00-17:00"),
                preferred_hours=weekly(SUN_THU, "11:00-14:00"), week_start="sun", reachable_hours=NIGHT_OWL,
            ),
            DemoContact(
                full_name="Karim Soliman", native_name="كريم سليمان", address_as="أستاذ كريم",
                job_title="Rights manager", language="ar-EG", time_zone="Africa/Cairo", calendar="papyrus",
                email="karim@papyrus-lane.example", working_hours=weekly(SUN_THU, "10:00-18:00"), week_start="sun",
                preferred_channel=Channel.CHAT,
            ),
        ),
    ),
    DemoClient(
        name="Baobab Ledger Ltd", team=ATLANTIC, segment=Segment.GROWTH, industry="Bookkeeping", size=Size.SMALL,
        country="NG", city="Lagos", contacts=(
            DemoContact(
                full_name="Adaeze Obi", address_as="Ms Obi", job_title="Head of partnerships", language="en-NG",
                time_zone="Africa/Lagos", calendar="NG", email="adaeze@baobab-ledger.example",
                working_hours=weekly(MON_FRI, "08:00-17:00"), preferred_channel=Channel.VIDEO,
            ),
        ),
    ),
    DemoClient(
        name="Acacia Relay Ltd", team=ATLANTIC, segment=Segment.STANDARD, industry="Logistics", size=Size.MEDIUM,
        country="KE", city="Nairobi", contacts=(
            DemoContact(
                full_name="Wanjiru Kamau", address_as="Bi. Kamau", job_title="Meneja wa shughuli", language="sw-KE",
                time_zone="Africa/Nairobi", calendar="KE", email="wanjiru@acacia-relay.example",
                working_hours=weekly(MON_FRI, "08:00-17:00"), reachable_hours=EARLY_BIRD,
            ),
            DemoContact(
                full_name="Otieno Odhiambo", address_as="Otieno", job_title="Fleet planner", language="en-KE",
                time_zone="Africa/Nairobi", calendar="KE", email="otieno@acacia-relay.example",
                working_hours=weekly("mon-sat", "07:00-15:00"), reachable_hours=EARLY_BIRD,
                away=(Away("Leave", 13, 7),),
            ),
        ),
    ),
    DemoClient(
        name="Fynbos Optics (Pty) Ltd", team=ATLANTIC, segment=Segment.STANDARD, industry="Optics", size=Size.SMALL,
        country="ZA", city="Cape Town", contacts=(
            DemoContact(
                full_name="Thandeka Mokoena", address_as="Thandeka", job_title="Sales lead", language="en-ZA",
                time_zone="Africa/Johannesburg", calendar="ZA", email="thandeka@fynbos-optics.example",
                working_hours=weekly(MON_FRI, "08:00-16:30"),
            ),
        ),
    ),
)  # fmt: skip
