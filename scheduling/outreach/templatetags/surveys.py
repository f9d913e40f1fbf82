"""Answers drawn as SVG."""

from typing import Any

from django import template

from scheduling.outreach.surveys.chart import GROUND, Chart

register = template.Library()


@register.inclusion_tag("outreach/_interval_chart.html")
def interval_chart(chart: Chart) -> dict[str, Any]:
    """Each figure with its interval, and what they are measured by."""
    return {
        "chart": chart,
        "label_y": GROUND + 18,
        "old_x": 1.0 if chart.is_mirrored else 0.0,
        # The CSS writes from left to right, whatever the page does, so that anchors mean the same.
        "anchor": "end" if chart.is_mirrored else "start",
    }
