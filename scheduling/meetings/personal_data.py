"""What meetings hold about a contact."""

from django.db.models import Exists, OuterRef

from clients.personal_data import Holding
from scheduling.meetings.models import (
    Attendance,
    IdempotentReply,
    Invitee,
    Meeting,
    MeetingChange,
    Offer,
    OfferEvent,
    Series,
    Vote,
)

HOLDINGS = (
    Holding(
        "meetings",
        lambda contact: Attendance.objects.filter(contact=contact),
        told=(
            "meeting__title",
            "meeting__agenda",
            "meeting__channel",
            "meeting__location",
            "meeting__start_at",
            "meeting__end_at",
            "meeting__status",
            "is_optional",
            "partstat",
            "answer_words",
            "answered_at",
            "time_zone",
        ),
        # When it was and what it cost stays, for those who carry the rest.
        left={"answer_words": "", "time_zone": "", "utc_offset_minutes": None},
    ),
    Holding(
        "numbers_called",
        lambda contact: Meeting.objects.filter(
            attendances__contact=contact, channel__in=[Meeting.Channel.PHONE, Meeting.Channel.IN_PERSON]
        ),
        left={"location": ""},
    ),
    Holding(
        "numbers_called_in_series",
        lambda contact: Series.objects.filter(
            Exists(Attendance.objects.filter(meeting__series=OuterRef("pk"), contact=contact)),
            channel__in=[Meeting.Channel.PHONE, Meeting.Channel.IN_PERSON],
        ),
        left={"location": ""},
    ),
    Holding(
        "changes_of_meetings",
        lambda contact: MeetingChange.objects.filter(contact=contact),
        told=("meeting__title", "kind", "at", "reason", "previous_start_at"),
        left={"reason": ""},
    ),
    Holding(
        "offers",
        lambda contact: Invitee.objects.filter(contact=contact),
        told=("offer__title", "offer__words", "is_optional", "answered_at"),
        is_kept=True,
    ),
    Holding(
        "words_with_offers",
        lambda contact: Offer.objects.filter(invitees__contact=contact),
        left={"words": ""},
    ),
    Holding(
        "numbers_offered",
        lambda contact: Offer.objects.filter(
            invitees__contact=contact, channel__in=[Meeting.Channel.PHONE, Meeting.Channel.IN_PERSON]
        ),
        left={"location": ""},
    ),
    Holding(
        "votes",
        lambda contact: Vote.objects.filter(invitee__contact=contact),
        told=("time__start_at", "answer"),
        is_kept=True,
    ),
    Holding(
        "answers_to_offers",
        lambda contact: OfferEvent.objects.filter(contact=contact),
        told=("offer__title", "kind", "at", "start_at", "words"),
        left={"words": ""},
    ),
    Holding("requests", lambda contact: IdempotentReply.objects.filter(contact=contact)),
)
