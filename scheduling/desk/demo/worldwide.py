"""A made-up client on four continents: the one to propose a time to first."""

from scheduling.desk.demo.cast import (
    ATLANTIC,
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

HALYARD = DemoClient(
    name="Halyard & Loom Group", team=ATLANTIC, segment=Segment.KEY, industry="Sailcloth", size=Size.LARGE,
    country="GB", city="London",
    notes="Five offices, one steering call a month. Kenji has taken the late hour more often than the others.",
    contacts=(
        DemoContact(
            full_name="Claire Tremblay", address_as="Claire", job_title="Head of procurement", language="en-CA",
            time_zone="America/Toronto", calendar="CA-ON", email="claire@halyard-and-loom.example",
            phone="+14165550101", preferred_hours=weekly(MON_FRI, "09:30-12:00", "13:30-16:00"),
            preferred_channel=Channel.VIDEO, notes="Takes her daughter to school until 8:30.",
        ),
        DemoContact(
            full_name="Ioana Munteanu", address_as="doamnă Munteanu", job_title="Director comercial",
            language="ro-RO", time_zone="Europe/Bucharest", calendar="RO", email="ioana@halyard-and-loom.example",
            working_hours=weekly(MON_FRI, "09:00-18:00"), preferred_hours=weekly(MON_FRI, "10:00-16:00"),
            preferred_channel=Channel.VIDEO,
        ),
        DemoContact(
            full_name="Layla Al-Mansoori", native_name="ليلى المنصوري", address_as="أستاذة ليلى",
            job_title="Regional director", language="ar-AE", time_zone="Asia/Dubai", calendar="AE",
            email="layla@halyard-and-loom.example",
            working_hours={**weekly("mon-thu", "08:00-17:00"), "fri": [["08:00", "12:00"]]},
            preferred_channel=Channel.PHONE, away=(Away("إجازة", 16, 2),),
        ),
        DemoContact(
            full_name="Priya Nair", address_as="Ms Nair", job_title="Programme lead", language="en-IN",
            time_zone="Asia/Kolkata", calendar="IN-KA", email="priya@halyard-and-loom.example",
            working_hours=weekly(MON_FRI, "09:30-18:00"), reachable_hours=NIGHT_OWL, preferred_channel=Channel.VIDEO,
        ),
        DemoContact(
            full_name="Kenji Watanabe", native_name="渡辺 健二", address_as="渡辺様", job_title="営業部長",
            language="ja-JP", time_zone="Asia/Tokyo", calendar="JP", email="kenji@halyard-and-loom.example",
            working_hours=weekly(MON_FRI, "09:00-18:00"), reachable_hours=weekly("mon-sun", "07:00-22:30"),
            away=(Away("有給休暇", 10, 1),), notes="Takes calls until 22:30 if he must.",
        ),
    ),
)  # fmt: skip
