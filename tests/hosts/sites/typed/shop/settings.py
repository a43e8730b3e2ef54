from viber_messaging.conf import settings_from_env

SECRET_KEY = "x"
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "import_export",
    "viber_messaging",
    "shop",
]
VIBER_MESSAGING = settings_from_env()
