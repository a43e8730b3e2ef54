"""Settings of the demo site. By default it runs on SQLite and uses the sandbox.

Every value can be set in the environment or in a file ``.env`` beside ``manage.py``, which is read only here.
"""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from viber_messaging.conf import settings_from_env

BASE_DIR = Path(__file__).resolve().parent.parent

PUBLIC_SECRET_KEY = "only-for-the-demo-site"  # noqa: S105 (no secret: it is refused where others may visit)

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env.str("SECRET_KEY", default=PUBLIC_SECRET_KEY if DEBUG else "")
if not DEBUG and SECRET_KEY in ("", PUBLIC_SECRET_KEY):
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text of your own: with DEBUG off, others may visit.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Several writers take turns instead of failing with "database is locked"; FULL survives a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }

SANDBOX = {"API_KEY": "sandbox", "API_URL": "http://127.0.0.1:8099/api/xml.php"}
_from_env = settings_from_env()
VIBER_MESSAGING = _from_env if "API_URL" in _from_env or "API_KEY" in _from_env else SANDBOX | _from_env

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "import_export",
    "viber_messaging",
    "project",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
ASGI_APPLICATION = "project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "uk"
LANGUAGES = [("uk", "Українська"), ("en", "English")]
TIME_ZONE = "Europe/Kyiv"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"viber_messaging": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")}},
}
