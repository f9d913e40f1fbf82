"""One code typed by many at once."""

import pytest
from django.utils import timezone

from clients.models import Contact
from scheduling.outreach.public_pages import code_of
from scheduling.outreach.services import ask_for_code, use_code
from tests.concurrency.test_booking_races import at_once
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_many_who_type_one_code_at_once_one_is_let_in() -> None:
    team = make_team()
    host = make_account_manager(team, has_page=True, page_name="mara")
    contact = make_contact(make_client(team))
    asked = ask_for_code(account_manager=host, email=contact.email, now=timezone.now())

    def act() -> Contact | None:
        return use_code(pk=asked.pk, typed=code_of(asked), now=timezone.now())

    results = at_once([act] * 10)
    assert results.count(contact) == 1
    assert results.count(None) == 9
