"""The people of a meeting, as forms name them."""

from django import template

from clients.models import Person
from scheduling.meetings import selectors

register = template.Library()


@register.filter
def attendee_key(person: Person) -> str:
    """“contact-12” or “staff-3”."""
    return selectors.attendee_key(person)
