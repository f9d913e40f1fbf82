from importlib import import_module

import pytest
from django.apps import apps

from scheduling.outreach.models import PlanTemplate


@pytest.fixture
def standard_template(db: None) -> PlanTemplate:
    """The template that a new database has, made again where a test before emptied all tables."""
    if not PlanTemplate.objects.exists():
        import_module("scheduling.outreach.migrations.0001_initial").make_the_standard_template(apps, None)
    return PlanTemplate.objects.get(name="Standard")
