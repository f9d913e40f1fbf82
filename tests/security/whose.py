"""Whose each page is: a page that stands nowhere here fails the tests until somebody says so.

Beside a page stands what each argument of its address names, as a field of `House`; what begins with “=” belongs to
nobody, or is the text itself.
"""

from clients.links import Purpose

Arguments = dict[str, str]


def _pages(names: str, **arguments: str) -> dict[str, Arguments]:
    return dict.fromkeys(names.split(), arguments)


def _private(names: str, *purposes: Purpose, **arguments: str) -> dict[str, tuple[set[Purpose], Arguments]]:
    return {name: (set(purposes), arguments) for name in names.split()}


# Pages about rows of one team, which are not there for others.
OF_A_TEAM: dict[str, Arguments] = {
    **_pages(
        "approvals:ask check_ins:edit check_ins:pause check_ins:plan check_ins:resume check_ins:start "
        "check_ins:talk clients:contact_create clients:edit desk:client surveys:rule",
        pk="client",
    ),
    **_pages("clients:contact_edit clients:end_links outreach:trust_contact", pk="contact"),
    **_pages(
        "meetings:cancel meetings:detail meetings:edit meetings:invitation meetings:keep meetings:move",
        pk="meeting",
    ),
    **_pages(
        "meetings:cancel_series meetings:edit_series meetings:move_series meetings:series meetings:series_file",
        pk="series",
    ),
    **_pages("meetings:add_time meetings:close_offer meetings:offer meetings:withdraw_offer", pk="offer"),
    **_pages("approvals:detail approvals:file approvals:withdraw", pk="approval"),
    **_pages("enquiries:accept enquiries:decline", pk="enquiry"),
    **_pages("outreach:message outreach:preview", pk="messages"),
    **_pages("outreach:retry outreach:said outreach:trust_recipient", pk="draft"),
    **_pages("surveys:dismiss", pk="survey"),
    **_pages("check_ins:draft", pk="client", message="draft"),
    **_pages(
        "check_ins:frame check_ins:mail check_ins:test",
        pk="client",
        enrolment="enrolment",
        date="=check_in_date",
    ),
    **_pages("meetings:fairness", scope="=clients", pk="client"),
    **_pages("meetings:fairness_person", scope="=clients", pk="client", key="contact_key"),
    **_pages("mfa_edit_webauthn mfa_remove_webauthn", pk="security_key"),
}

# The same pages about rows of another kind.
OF_A_TEAM_TOO: list[tuple[str, Arguments]] = [
    ("meetings:fairness", {"scope": "=teams", "pk": "team"}),
    ("meetings:fairness_person", {"scope": "=teams", "pk": "team", "key": "manager_key"}),
    ("meetings:fairness_person", {"scope": "=clients", "pk": "client", "key": "manager_key"}),
]

# Pages behind private links, and the links that open them.
OF_A_CONTACT: dict[str, tuple[set[Purpose], Arguments]] = {
    **_private("you:home you:data you:export you:erase", Purpose.HOME),
    **_private("you:wishes you:holidays", Purpose.HOME, Purpose.WISHES),
    **_private("you:unsubscribe", Purpose.HOME, Purpose.UNSUBSCRIBE),
    **_private("you:approval you:approval_file", Purpose.HOME, Purpose.APPROVAL, pk="approval"),
    **_private("you:survey", Purpose.HOME, Purpose.SURVEY, pk="survey"),
    **_private("you:ask_times", Purpose.HOME, name="page_name"),
    **_private("you:offer you:offer_times", Purpose.HOME, Purpose.OFFER, pk="offer"),
    **_private("you:meeting you:move you:cancel you:calendar_file", Purpose.HOME, Purpose.MEETING, pk="meeting"),
}

# Pages of whoever is signed in, about nobody else's rows; calendars hold nothing about any client.
OF_WHOEVER_IS_SIGNED_IN: dict[str, Arguments] = {
    **_pages(
        "clients:create clients:list clients:me desk:account desk:off desk:today enquiries:list "
        "holidays_app:list holidays_app:picker meetings:book meetings:book_series meetings:fairness_overview "
        "meetings:list meetings:offers meetings:plan_series meetings:propose meetings:send_offer "
        "meetings:series_list outreach:outbox outreach:retry_all outreach:switch surveys:results "
        "/accounts/email/ account_change_password account_email account_reauthenticate account_set_password "
        "mfa_activate_totp mfa_add_webauthn mfa_deactivate_totp mfa_download_recovery_codes "
        "mfa_generate_recovery_codes mfa_index mfa_list_webauthn mfa_reauthenticate "
        "mfa_reauthenticate_webauthn mfa_view_recovery_codes"
    ),
    **_pages("holidays_app:calendar", pk="=calendar"),
    **_pages("holidays_app:year", pk="=calendar", year="=2026"),
    **_pages("holidays_app:country_year", country="=RO", year="=2026"),
    **_pages("holidays_app:subdivision_year", country="=ES", subdivision="=CT", year="=2026"),
}

# Pages of admins, beside the whole administration.
OF_ADMINS: dict[str, Arguments] = {
    **_pages("outreach:pause outreach:resume outreach:texts"),
    **_pages(
        "outreach:text outreach:preview_text outreach:reset_text",
        purpose="=greeting",
        language="=en",
        formality="=neutral",
    ),
    **_pages("personal_data:erase personal_data:export", pk="contact"),
}

# What nobody has to sign in for, and why that is right.
OF_EVERYBODY: dict[str, Arguments] = {
    # The way in, and out.
    **_pages(
        "account_login account_logout account_inactive account_signup account_confirm_login_code "
        "account_email_verification_sent account_reset_password account_reset_password_done "
        "account_reset_password_from_key_done mfa_authenticate mfa_login_webauthn"
    ),
    "account_confirm_email": {"key": "=x"},
    "account_reset_password_from_key": {"uidb36": "=1", "key": "=x"},
    # Private links, which are the permission themselves.
    **_pages("private_link one_click public:link", token="=mistyped"),
    **_pages("public:confirm"),
    # For contacts whose link has ended, and how a page is shown to them.
    **_pages("you:zone you:language you:lost you:asked"),
    # What an account manager shows to strangers: their name, and what time it is there.
    **_pages("public:page public:recognise public:code public:ask public:asked", name="page_name"),
    # Machines: whether it runs, and what shows a secret of its own.
    **_pages("healthz readyz metrics"),
    **_pages("outreach:provider_report", provider="=mailgun"),
}
