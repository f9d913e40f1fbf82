"""The settings of the tests: the project's own, with a time zone that shows every forgotten conversion."""

from config.settings import *  # noqa: F403

# 10:30 or 11:00 ahead of UTC, with a clock change of half an hour.
TIME_ZONE = "Australia/Lord_Howe"
# The real hasher takes a tenth of a second on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# On a shared machine, twenty connections at once wait for the neighbours.
DATABASES["default"]["OPTIONS"]["connect_timeout"] = 30  # noqa: F405
# Its `flush` empties the tables.
INSTALLED_APPS += ["tests"]  # noqa: F405  (it is of the settings above)
