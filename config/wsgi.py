import os

from django.core.wsgi import get_wsgi_application

from config.checks import refuse_unsafe_production

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Before the rest is loaded, so that a refusal does not wait for it.
refuse_unsafe_production()
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402  (needs the settings loaded)

from holidays_app import calendars  # noqa: E402  (needs the settings loaded)

# What most pages need is loaded before the first request, not during it.
get_resolver().check()
calendars.countries()
