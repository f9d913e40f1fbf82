from scheduling.outreach.models.addresses import MailAddress
from scheduling.outreach.models.approvals import Approval, ApprovalEvent
from scheduling.outreach.models.bounces import BounceReport
from scheduling.outreach.models.channels import TeamChannel
from scheduling.outreach.models.check_ins import (
    CheckInPlan,
    Enrolment,
    LoggedTalk,
    PlanStep,
    PlanTemplate,
    Purpose,
    TemplateStep,
)
from scheduling.outreach.models.link_requests import LinkRequest
from scheduling.outreach.models.message import Message
from scheduling.outreach.models.public_pages import Enquiry, EntryCode
from scheduling.outreach.models.surveys import Survey, SurveyRule
from scheduling.outreach.models.switch import DatabaseIdentity, OutreachSwitch
from scheduling.outreach.models.tally import Tally
from scheduling.outreach.models.texts import FrameText, MessageText
from scheduling.outreach.models.wishes import MailWishes

__all__ = [
    "Approval",
    "ApprovalEvent",
    "BounceReport",
    "CheckInPlan",
    "DatabaseIdentity",
    "Enquiry",
    "Enrolment",
    "EntryCode",
    "FrameText",
    "LinkRequest",
    "LoggedTalk",
    "MailAddress",
    "MailWishes",
    "Message",
    "MessageText",
    "OutreachSwitch",
    "PlanStep",
    "PlanTemplate",
    "Purpose",
    "Survey",
    "SurveyRule",
    "Tally",
    "TeamChannel",
    "TemplateStep",
]
