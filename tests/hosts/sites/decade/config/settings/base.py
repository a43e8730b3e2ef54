"""What every machine shares: begun in 2016, moved along since."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).parents[2]
SECRET_KEY = "x" * 60
ROOT_URLCONF = "config.urls"
AUTH_USER_MODEL = "people.Person"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = False
TIME_ZONE = "Europe/Kyiv"
USE_I18N = True
LANGUAGE_CODE = "uk"
LANGUAGES = [("uk", "Українська"), ("en", "English")]
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}

INSTALLED_APPS = [
    "config.office.OfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "people",
    "shop",
    "import_export",
    "viber_messaging",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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


def database(name: str) -> dict[str, object]:
    if os.environ.get("HOST_DATABASE") == "mariadb":
        server = {"ENGINE": "django.db.backends.mysql", "HOST": "127.0.0.1", "USER": "root"}
        return server | {"NAME": f"viber_host_{name}", "ATOMIC_REQUESTS": True, "OPTIONS": {"charset": "utf8mb4"}}
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20}
    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / f"{name}.sqlite3", "ATOMIC_REQUESTS": True}
    return sqlite | {"OPTIONS": options, "TEST": {"NAME": BASE_DIR / f"test_{name}.sqlite3"}}


DATABASES = {"default": database("default"), "messages": database("messages")}
DATABASE_ROUTERS = ["config.routers.MessagesRouter"]
