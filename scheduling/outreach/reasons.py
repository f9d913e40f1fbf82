"""Why a message is not sent: the texts that its `reason` may hold, translated where they are shown."""

from django.utils.translation import gettext_noop

OVERTAKEN = gettext_noop("The meeting changed before this was sent.")
NEVER_TOLD = gettext_noop("The meeting was cancelled before this person was told of it.")
TOO_LATE = gettext_noop("It could not be sent in time.")
CAME_BACK = gettext_noop("Mail to this address came back.")
QUIET_HOURS = gettext_noop("It waits until this person can be reached.")
WORKER_DIED = gettext_noop("Sending this was interrupted each time it was tried.")
NO_ADDRESS = gettext_noop("This person has no mail address.")

# Of a check-in
NOT_ENROLLED = gettext_noop("This contact gets no check-ins any more.")
PLAN_PAUSED = gettext_noop("The account manager has paused the check-ins.")
NEVER = gettext_noop("This contact’s check-ins are set to never.")
UNSUBSCRIBED = gettext_noop("This contact wants no check-ins.")
CONTACT_PAUSED = gettext_noop("This contact wants no mail for now.")
AWAY = gettext_noop("This contact is away that day.")
FOLLOWED = gettext_noop("The next check-in was due as well before this could be sent.")
SPOKE = gettext_noop("Somebody of ours spoke with the client a short while ago.")
WILL_SPEAK = gettext_noop("Somebody of ours will have spoken with the client shortly before.")
NOTHING_PENDING = gettext_noop("No approval is pending.")
DISCARDED = gettext_noop("The account manager discarded this draft.")
NOT_READ = gettext_noop("Nobody read this draft in time.")

# Of a survey
NO_QUESTIONS = gettext_noop("This contact wants no questions about how it went.")

# Of the question whether a time still suits somebody
ANSWERED = gettext_noop("This person has answered already.")

# Of a request for an approval
APPROVAL_SETTLED = gettext_noop("The approval was settled or handed on before this was sent.")

# Why a check-in is a mail although its reader prefers another channel
NO_CHANNEL = gettext_noop("By mail, because the team has no chat channel.")
NO_PHONE = gettext_noop("By mail, because this person has no phone number.")
CHANNEL_FAILED = gettext_noop("By mail, because the team’s chat channel did not take it.")
CHANNEL_SILENT = gettext_noop("By mail, because the team’s chat channel did not answer in time.")
CHANNEL_PRIVATE = gettext_noop("By mail, because the team’s chat channel is in a private network.")
CHANNEL_WRONG = gettext_noop("By mail, because the address of the team’s chat channel is not valid.")
NOT_REACHED = gettext_noop("By mail, because this person was not reached.")

# Of what an account manager was to say
NOT_SAID = gettext_noop("Nobody said it in time.")
NOT_REACHED_AT_ALL = gettext_noop("This person was not reached, and has no mail address.")

# Of an offer
OFFER_SETTLED = gettext_noop("A time was chosen or the offer was withdrawn before this was sent.")
