"""Contacts at their private pages."""

from urllib.parse import urlsplit

from django.test import Client as Browser
from django.utils import timezone

from clients.links import Purpose, link_for
from clients.models import Contact


def path_of(contact: Contact, purpose: Purpose, subject_id: int | None = None) -> str:
    """Where the contact's link for that purpose leads, without the origin."""
    return urlsplit(link_for(contact, purpose, now=timezone.now(), subject_id=subject_id)).path


def visitor(contact: Contact, purpose: Purpose, subject_id: int | None = None) -> Browser:
    """A browser in which the contact has just opened that link; it keeps to the rules for CSRF."""
    browser = Browser(enforce_csrf_checks=True)
    assert browser.get(path_of(contact, purpose, subject_id)).status_code == 302
    return browser
