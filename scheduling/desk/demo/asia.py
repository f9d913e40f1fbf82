"""Made-up clients between Riyadh and Tokyo."""

from scheduling.desk.demo.cast import (
    EARLY_BIRD,
    MON_FRI,
    NIGHT_OWL,
    SUN_THU,
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
        name="Sand & Sextant Trading Co.", team=SUNRISE, segment=Segment.GROWTH, industry="Trade", size=Size.MEDIUM,
        country="SA", city="الرياض", contacts=(
            DemoContact(
                full_name="Faisal Al-Harthi", native_name="فيصل الحارثي", address_as="أستاذ فيصل",
                job_title="Commercial director", language="ar-SA", time_zone="Asia/Riyadh", calendar="SA",
                email="faisal@sand-and-sextant.example", phone="+966115500101",
                working_hours=weekly(SUN_THU, "08:00-16:00"),
                reachable_hours=NIGHT_OWL, preferred_channel=Channel.PHONE, week_start="sun",
            ),
            DemoContact(
                full_name="Reem Al-Otaibi", native_name="ريم العتيبي", address_as="أستاذة ريم",
                job_title="Purchasing", language="ar-SA", time_zone="Asia/Riyadh", calendar="SA",
                email="reem@sand-and-sextant.example", working_hours=weekly(SUN_THU, "08:00-16:00"),
                preferred_hours=weekly(SUN_THU, "09:00-11:00"), week_start="sun", away=(Away("إجازة", 27, 6),),
            ),
        ),
    ),
    DemoClient(
        name="Pearl Ledger FZE", team=SUNRISE, segment=Segment.KEY, industry="Finance", size=Size.MEDIUM,
        country="AE", city="دبي", contacts=(
            DemoContact(
                full_name="Hessa Al-Ketbi", native_name="حصة الكتبي", address_as="أستاذة حصة",
                job_title="Chief of staff", language="ar-AE", time_zone="Asia/Dubai", calendar="AE",
                email="hessa@pearl-ledger.example",
                working_hours={**weekly("mon-thu", "08:00-17:00"), "fri": [["08:00", "12:00"]]},
                preferred_hours=weekly("mon-thu", "10:00-15:00"), preferred_channel=Channel.VIDEO,
                notes="Fridays end at noon.",
            ),
        ),
    ),
    DemoClient(
        name="Monsoon Loom Ltd", team=SUNRISE, segment=Segment.STANDARD, industry="Textiles", size=Size.LARGE,
        country="BD", city="ঢাকা", contacts=(
            DemoContact(
                full_name="Farhana Haque", native_name="ফারহানা হক", address_as="Farhana Apa",
                job_title="Export manager", language="bn-BD", time_zone="Asia/Dhaka", calendar="BD",
                email="farhana@monsoon-loom.example", working_hours=weekly(SUN_THU, "10:00-18:00"),
                reachable_hours=NIGHT_OWL,
            ),
        ),
    ),
    DemoClient(
        name="Neem Leaf Analytics Pvt. Ltd.", team=SUNRISE, segment=Segment.KEY, industry="Software",
        size=Size.MEDIUM, country="IN", city="Bengaluru", contacts=(
            DemoContact(
                full_name="Meera Iyengar", address_as="Ms Iyengar", job_title="VP, Customer success", language="en-IN",
                time_zone="Asia/Kolkata", calendar="IN-KA", email="meera@neem-leaf.example",
                working_hours=weekly(MON_FRI, "09:30-18:30"), reachable_hours=NIGHT_OWL,
                preferred_hours=weekly(MON_FRI, "11:00-13:00", "15:00-17:30"), preferred_channel=Channel.VIDEO,
            ),
            DemoContact(
                full_name="Arjun Hegde", native_name="ಅರ್ಜುನ್ ಹೆಗ್ಡೆ", address_as="Arjun",
                job_title="Solutions engineer", language="kn-IN", time_zone="Asia/Kolkata", calendar="IN-KA",
                email="arjun@neem-leaf.example", working_hours=weekly(MON_FRI, "12:00-21:00"),
                reachable_hours=weekly("mon-sun", "09:00-23:30"), preferred_channel=Channel.CHAT,
                away=(Away("Wedding", 36, 4),),
            ),
        ),
    ),
    DemoClient(
        name="Himal Stone Press Pvt. Ltd.", team=SUNRISE, segment=Segment.STANDARD, industry="Printing",
        size=Size.MICRO, country="NP", city="काठमाडौँ", contacts=(
            DemoContact(
                full_name="Sabina Shrestha", native_name="सबिना श्रेष्ठ", address_as="Sabina ji",
                job_title="Press manager", language="ne-NP", time_zone="Asia/Kathmandu", calendar="NP",
                email="sabina@himal-stone.example", working_hours=weekly("sun-fri", "10:00-17:00"),
                notes="Three quarters of an hour off the hour: offer quarter-hour starts.",
            ),
        ),
    ),
    DemoClient(
        name="Golden Teak Ferries Ltd", team=SUNRISE, segment=Segment.STANDARD, industry="Transport", size=Size.SMALL,
        country="MM", city="ရန်ကုန်", contacts=(
            DemoContact(
                full_name="Khin Thiri Aung", native_name="ခင်သီရိအောင်", address_as="Daw Khin Thiri",
                job_title="Operations", language="my-MM", time_zone="Asia/Yangon", calendar="MM",
                email="khinthiri@golden-teak.example", preferred_channel=Channel.CHAT,
            ),
        ),
    ),
    DemoClient(
        name="Jade Abacus Technology Co., Ltd.", team=SUNRISE, segment=Segment.KEY, industry="Electronics",
        size=Size.LARGE, country="CN", city="上海", contacts=(
            DemoContact(
                full_name="Lin Yutong", native_name="林雨桐", address_as="林经理", job_title="采购经理",
                language="zh-CN", time_zone="Asia/Shanghai", calendar="CN", email="yutong.lin@jade-abacus.example",
                working_hours=weekly(MON_FRI, "09:00-12:00", "13:30-18:00"), preferred_channel=Channel.CHAT,
                preferred_hours=weekly(MON_FRI, "14:00-17:00"),
                notes="Works the weekend days that the State Council swaps for holidays.",
            ),
            DemoContact(
                full_name="Zhao Mingzhe", native_name="赵明哲", address_as="赵工", job_title="技术总监",
                language="zh-CN", time_zone="Asia/Shanghai", calendar="CN", email="mingzhe.zhao@jade-abacus.example",
                working_hours=weekly(MON_FRI, "10:00-19:00"), reachable_hours=NIGHT_OWL,
            ),
        ),
    ),
    DemoClient(
        name="Kumo Paper K.K.", team=SUNRISE, segment=Segment.KEY, industry="Paper", size=Size.MEDIUM,
        country="JP", city="東京", contacts=(
            DemoContact(
                full_name="Takumi Ogawa", native_name="小川 拓海", address_as="小川様", job_title="営業部長",
                language="ja-JP", time_zone="Asia/Tokyo", calendar="kumo", email="ogawa@kumo-paper.example",
                working_hours=weekly(MON_FRI, "09:00-18:00"), reachable_hours=weekly("mon-sun", "07:00-22:30"),
                preferred_channel=Channel.VIDEO, away=(Away("有給休暇", 11, 1),),
            ),
            DemoContact(
                full_name="Haruka Mori", native_name="森 遥", address_as="森様", job_title="購買",
                language="ja-JP", time_zone="Asia/Tokyo", calendar="kumo", email="mori@kumo-paper.example",
                working_hours=weekly(MON_FRI, "10:00-17:00"),
            ),
        ),
    ),
    DemoClient(
        name="Hanok Circuit Co., Ltd.", team=SUNRISE, segment=Segment.GROWTH, industry="Electronics",
        size=Size.MEDIUM, country="KR", city="서울", contacts=(
            DemoContact(
                full_name="Seo-yeon Han", native_name="한서연", address_as="한 팀장님", job_title="해외영업팀장",
                language="ko-KR", time_zone="Asia/Seoul", calendar="KR", email="seoyeon@hanok-circuit.example",
                working_hours=weekly(MON_FRI, "09:00-18:00"), reachable_hours=EARLY_BIRD,
                preferred_hours=weekly(MON_FRI, "10:00-12:00"),
            ),
        ),
    ),
)  # fmt: skip
