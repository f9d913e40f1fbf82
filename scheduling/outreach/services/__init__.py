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
from scheduling.outreach.services.planning import plan
from scheduling.outreach.services.retrying import retry, retry_all
from scheduling.outreach.services.surveys import answer_survey, comment_survey, dismiss_hint, set_survey_rule
from scheduling.outreach.services.switching import pause, resume
from scheduling.outreach.services.tallying import tally_tick
from scheduling.outreach.services.texts import reset_text, save_text
from scheduling.outreach.services.wishes import change_wishes, resume_mail, stop_mail

__all__ = [
    "BATCH",
    "NewStep",
    "Terms",
    "answer_invitation",
    "answer_survey",
    "approve",
    "ask_approval",
    "change_plan",
    "change_wishes",
    "claim",
    "comment_survey",
    "create_plan",
    "deliver",
    "discard_draft",
    "dismiss_hint",
    "enrol",
    "hand_on",
    "log_talk",
    "pause",
    "pause_plan",
    "plan",
    "read_bounces",
    "record_bounce",
    "refuse_for_now",
    "release_draft",
    "reset_text",
    "resume",
    "resume_mail",
    "resume_plan",
    "retry",
    "retry_all",
    "rewrite_draft",
    "save_text",
    "send_draft_now",
    "send_test",
    "set_survey_rule",
    "stop_mail",
    "tally_tick",
    "trust_address",
    "unenrol",
    "withdraw_approval",
]
