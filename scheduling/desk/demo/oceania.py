"""Made-up clients around the Pacific, and one on the ice."""

from scheduling.desk.demo.cast import (
    EARLY_BIRD,
    MON_FRI,
    NIGHT_OWL,
    SUNRISE,
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
        name="Jacaranda Cartography Pty Ltd", team=SUNRISE, segment=Segment.GROWTH, industry="Maps", size=Size.SMALL,
        country="AU", city="Adelaide", contacts=(
            DemoContact(
                full_name="Imogen Farrow", address_as="Imogen", job_title="Managing editor", language="en-AU",
                time_zone="Australia/Adelaide", calendar="AU-SA", email="imogen@jacaranda-maps.example",
                phone="+61870105501", preferred_hours=weekly(MON_FRI, "09:00-12:00"), preferred_channel=Channel.VIDEO,
            ),
            DemoContact(
                full_name="Lorcan Reeve", address_as="Lorcan", job_title="Surveyor", language="en-AU",
                time_zone="Australia/Lord_Howe", calendar="AU-NSW", email="lorcan@jacaranda-maps.example",
                phone="+61491570156", working_hours=weekly("tue-sat", "07:00-15:00"), reachable_hours=EARLY_BIRD,
                away=(Away("Field work, no reception", 22, 8),),
            ),
        ),
    ),
    DemoClient(
        name="Rēkohu Wool Guild Ltd", team=SUNRISE, segment=Segment.STANDARD, industry="Textiles", size=Size.MICRO,
        country="NZ", city="Waitangi", contacts=(
            DemoContact(
                full_name="Hine Rewi", address_as="Hine", job_title="Chair", language="en-NZ",
                time_zone="Pacific/Chatham", calendar="NZ-CIT", email="hine@rekohu-wool.example",
                working_hours=weekly(MON_FRI, "08:00-16:00"), preferred_channel=Channel.PHONE,
            ),
            DemoContact(
                full_name="Tom Ashdown", address_as="Tom", job_title="Sales, mainland", language="en-NZ",
                time_zone="Pacific/Auckland", calendar="NZ-AUK", email="tom@rekohu-wool.example",
            ),
        ),
    ),
    DemoClient(
        name="Coral Clock Co-operative", team=SUNRISE, segment=Segment.STANDARD, industry="Crafts", size=Size.MICRO,
        country="TO", city="Nukuʻalofa", contacts=(
            DemoContact(
                full_name="Mele Fifita", address_as="Mele", job_title="Pule", language="to-TO",
                time_zone="Pacific/Tongatapu", calendar="TO", email="mele@coral-clock.example",
                working_hours=weekly(MON_FRI, "08:30-16:30"), preferred_channel=Channel.CHAT,
            ),
        ),
    ),
    DemoClient(
        name="Sunrise Atoll Ltd", team=SUNRISE, segment=Segment.PARTNER, industry="Fisheries", size=Size.SMALL,
        country="KI", city="London, Kiritimati", notes="First to see each day: their Monday is our Sunday.",
        contacts=(
            DemoContact(
                full_name="Tekoa Kaiea", address_as="Tekoa", job_title="Harbour manager", language="en-KI",
                time_zone="Pacific/Kiritimati", calendar="KI", email="tekoa@sunrise-atoll.example",
                working_hours=weekly(MON_FRI, "08:00-16:15"), reachable_hours=EARLY_BIRD,
            ),
        ),
    ),
    DemoClient(
        name="Vanille & Voile SARL", team=SUNRISE, segment=Segment.STANDARD, industry="Spices", size=Size.MICRO,
        country="PF", city="Taiohae", contacts=(
            DemoContact(
                full_name="Hinano Terai", address_as="Hinano", job_title="Gérante", language="fr-PF",
                time_zone="Pacific/Marquesas", calendar="PF", email="hinano@vanille-et-voile.example",
                working_hours=weekly(MON_FRI, "07:30-11:30", "13:00-16:30"), reachable_hours=EARLY_BIRD,
            ),
        ),
    ),
    DemoClient(
        name="Tuna Moon Packing Inc.", team=SUNRISE, segment=Segment.STANDARD, industry="Fisheries", size=Size.LARGE,
        country="AS", city="Pago Pago", contacts=(
            DemoContact(
                full_name="Sina Leota", address_as="Sina", job_title="Plant manager", language="en-AS",
                time_zone="Pacific/Pago_Pago", calendar="AS", email="sina@tuna-moon.example",
                working_hours=weekly(MON_FRI, "07:00-15:30"), reachable_hours=EARLY_BIRD,
                preferred_channel=Channel.PHONE,
            ),
        ),
    ),
    DemoClient(
        name="Polar Lantern Station Services AS", team=SUNRISE, segment=Segment.PARTNER, industry="Research",
        size=Size.MICRO, country="AQ", city="Troll", contacts=(
            DemoContact(
                full_name="Signe Isdal", address_as="Signe", job_title="Stasjonsleder", language="nb-NO",
                time_zone="Antarctica/Troll", calendar="AQ", email="signe@polar-lantern.example",
                working_hours=weekly("mon-sat", "08:00-18:00"), reachable_hours=NIGHT_OWL,
                notes="The satellite link is best before noon.",
            ),
        ),
    ),
)  # fmt: skip
