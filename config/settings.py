"""Settings, driven by the environment; README.md lists every variable."""

import zoneinfo
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF

# Lets forms.ModelForm[Meeting] and its like be written where Django itself has no such generics.
django_stubs_ext.monkeypatch()
# One tzdata for everybody: the wheel. The system's copy differs from machine to machine.
zoneinfo.reset_tzpath(to=())

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.FileAwareEnv()
# Written by `make run` while its embedded PostgreSQL and Redis are up; a variable already set wins.
env.read_env(VAR_DIR / "services.env")

# What this process is

PRODUCTION = env.bool("PRODUCTION", False)
DEBUG = env.bool("DEBUG", False)
SAMPLE_SECRET_KEY = "sample-key-for-trying-dayband-on-one-machine-never-in-production"  # noqa: S105  (a system check refuses it)
SECRET_KEY = env.str("SECRET_KEY", SAMPLE_SECRET_KEY)
# Keys that were used before: links in mails, cookies and sessions made with them still hold.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
# Links in mails start with this, never with a request's Host header.
SITE_ORIGIN = env.str("SITE_ORIGIN", "" if PRODUCTION else "http://localhost:8000")
CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN] if SITE_ORIGIN.startswith("https://") else []

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "config.apps.SecondFactorsConfig",
    "csp",
    "django_htmx",
    "phonenumber_field",
    "config.apps.ConfigConfig",
    "scheduling.desk",
    "scheduling.outreach",
    "scheduling.meetings",
    "clients",
    "holidays_app",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # A page of figures is a tenth of its size then; Django pads answers at random against BREACH.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "clients.middleware.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clients.middleware.reader",
                "scheduling.outreach.operations.pauses.context",
            ],
        },
    }
]

# Widgets' templates come from templates/ too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Data

DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL", "postgresql://dayband@localhost/dayband"),
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Whoever waits for a page is told within seconds that the database is away.
            "connect_timeout": 3,
            "application_name": "dayband",
            # Only what asks for it is prepared (`scheduling/meetings/prepared.py`), and at once.
            "prepare_threshold": 5 if env.bool("PREPARED_STATEMENTS", True) else None,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
# Counts tries to sign in and wrong links, for all processes together and whether Redis is there or not.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# People

AUTH_USER_MODEL = "clients.AccountManager"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:today"
ACCOUNT_ADAPTER = "clients.accounts.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Dayband] "
# Nobody is mailed because a stranger typed their address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# allauth's own stores the address in a table of its own, by which it would sign in after admins replaced it.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  (a class)
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
# How many proxies in front add to X-Forwarded-For; the header counts for nothing otherwise.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Administrators give the addresses, so there is no mail that asks to confirm one.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

# Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("es", "Español"),
    ("ro", "Română"),
    ("hu", "Magyar"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("ja", "日本語"),
    ("ar", "العربية"),
]
# What somebody chooses on a client's page holds for the visit.
LANGUAGE_COOKIE_AGE = 12 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE, LANGUAGE_COOKIE_SECURE = True, "Lax", PRODUCTION
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# Files

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# What people attach, handed out by views that know who may have it, and never served as it lies there.
MEDIA_ROOT = env.path("MEDIA_ROOT", VAR_DIR / "media")
FILE_UPLOAD_HANDLERS = [
    "scheduling.outreach.attachments.CappedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# While developing, files are served as they stand in static/; in production from the collected, compressed copies.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION

# Mail and work

# smtp://user:password@host:587 (STARTTLS with smtp+tls://, TLS with smtp+ssl://); without it, files under var/mail.
EMAIL_CONFIG = env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Dayband <hello@dayband.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
TICK_SECONDS = env.float("TICK_SECONDS", 10.0)
# A worker that holds messages longer than this has died, and another one sends them.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", 300)
# A Maildir for the reports on mails that came back, and the “user:password” of a provider's webhook; or neither.
BOUNCE_MAILDIR = env.str("BOUNCE_MAILDIR", "")
ANYMAIL = {"WEBHOOK_SECRET": env.str("ANYMAIL_WEBHOOK_SECRET", "")}
# Some providers sign what they report.
for _key in (
    "MAILGUN_WEBHOOK_SIGNING_KEY",
    "MAILERSEND_SIGNING_SECRET",
    "MANDRILL_WEBHOOK_KEY",
    "POSTAL_WEBHOOK_KEY",
    "UNISENDER_GO_API_KEY",
):
    if _value := env.str(f"ANYMAIL_{_key}", ""):
        ANYMAIL[_key] = _value
# Whether a team's chat channel may be in a private network, such as a receiver on a machine beside this one.
CHANNELS_MAY_REACH_PRIVATE = env.bool("CHANNELS_MAY_REACH_PRIVATE", False)
# Whoever asks for /metrics shows this; without it there are none.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

# Forms and headers

SILENCED_SYSTEM_CHECKS: list[str] = []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    # Asked from inside, past the proxy that ends TLS.
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"without_tokens": {"()": "config.logs.WithoutTokens"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_tokens"]},
        "nowhere": {"class": "logging.NullHandler"},
    },
    # They name the addresses that they connect to, and those of chat channels are secrets.
    "loggers": {name: {"handlers": ["nowhere"], "propagate": False} for name in ("apprise", "requests", "urllib3")},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"
