"""Burdens over time, drawn as SVG."""

from typing import Any

from django import template

from scheduling.meetings.fairness.chart import Chart

register = template.Library()

LEAD, NAME = 14, 18  # pixels from the end of a line to where its name is pointed at, and begins


@register.inclusion_tag("meetings/fairness_chart.html")
def fairness_chart(chart: Chart) -> dict[str, Any]:
    """The lines, the names at their ends, and what they are measured by."""
    return {
        "chart": chart,
        # Where the plot begins, and the column of names beside it.
        "old_x": 1.0 if chart.is_mirrored else 0.0,
        "lead_x": -LEAD if chart.is_mirrored else LEAD,
        "name_x": -NAME if chart.is_mirrored else NAME,
        # The CSS writes from left to right, whatever the page does, so that anchors mean the same.
        "anchor": "end" if chart.is_mirrored else "start",
    }
