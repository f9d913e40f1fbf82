"""The made-up people, calendars and meetings that `manage.py seed_demo` loads."""
