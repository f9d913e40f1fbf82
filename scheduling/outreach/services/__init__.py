from scheduling.outreach.services.answers import answer_invitation
from scheduling.outreach.services.approvals import (
    approve,
    ask_approval,
    hand_on,
    refuse_for_now,
    withdraw_approval,
)
from scheduling.outreach.services.bouncing import read_bounces, record_bounce, trust_address
from scheduling.outreach.services.check_ins import (
    NewStep,
    Terms,
    change_plan,
    create_plan,
    enrol,
    log_talk,
    pause_plan,
    resume_plan,
    send_test,
    unenrol,
)
from scheduling.outreach.services.claiming import BATCH, claim
from scheduling.outreach.services.delivery import deliver
from scheduling.outreach.services.drafts import discard_draft, release_draft, rewrite_draft, send_draft_now
from scheduling.outreach.services.enquiries import (
    accept_enquiry,
    confirm_enquiry,
    decline_enquiry,
    enquiry_with,
    leave_enquiry,
)
from scheduling.outreach.services.entry_codes import ask_for_code, use_code
from scheduling.outreach.services.erasing import erase_contact
from scheduling.outreach.services.lost_links import ask_for_link
from scheduling.outreach.services.planning import plan
from scheduling.outreach.services.retrying import retry, retry_all
from scheduling.outreach.services.saying import note_not_reached, note_said
from scheduling.outreach.services.stored_files import sweep_files
from scheduling.outreach.services.surveys import answer_survey, comment_survey, dismiss_hint, set_survey_rule
from scheduling.outreach.services.switching import pause, resume
from scheduling.outreach.services.tallying import tally_tick
from scheduling.outreach.services.texts import reset_frame, reset_text, save_frame, save_text
from scheduling.outreach.services.wishes import (
    change_wishes,
    keep_holidays,
    keep_no_holidays,
    resume_mail,
    stop_mail,
)

__all__ = [
    "BATCH",
    "NewStep",
    "Terms",
    "accept_enquiry",
    "answer_invitation",
    "answer_survey",
    "approve",
    "ask_approval",
    "ask_for_code",
    "ask_for_link",
    "change_plan",
    "change_wishes",
    "claim",
    "comment_survey",
    "confirm_enquiry",
    "create_plan",
    "decline_enquiry",
    "deliver",
    "discard_draft",
    "dismiss_hint",
    "enquiry_with",
    "enrol",
    "erase_contact",
    "hand_on",
    "keep_holidays",
    "keep_no_holidays",
    "leave_enquiry",
    "log_talk",
    "note_not_reached",
    "note_said",
    "pause",
    "pause_plan",
    "plan",
    "read_bounces",
    "record_bounce",
    "refuse_for_now",
    "release_draft",
    "reset_frame",
    "reset_text",
    "resume",
    "resume_mail",
    "resume_plan",
    "retry",
    "retry_all",
    "rewrite_draft",
    "save_frame",
    "save_text",
    "send_draft_now",
    "send_test",
    "set_survey_rule",
    "stop_mail",
    "sweep_files",
    "tally_tick",
    "trust_address",
    "unenrol",
    "use_code",
    "withdraw_approval",
]
