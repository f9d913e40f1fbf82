"""Shows who is off when: {% absence_list absences %}."""

from collections.abc import Sequence
from typing import Any

from django import template

from holidays_app.absences import Absence
from holidays_app.year import span_label

register = template.Library()


@register.inclusion_tag("holidays_app/absence_list.html", takes_context=True)
def absence_list(context: dict[str, Any], absences: Sequence[Absence[Any]]) -> dict[str, Any]:
    """Dates, what for, and who."""
    locale = context["reader"].locale
    rows = [(span_label(each.first_date, each.last_date, locale), each) for each in absences]
    return {"rows": rows, "reader": context["reader"]}
