"""Settings of a site that has task queues: django.tasks in its database, and Celery on the broker it is given."""

from django import VERSION

from project.settings import *  # noqa: F403 (a settings module extends another one so)
from project.settings import INSTALLED_APPS, env

DEBUG = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

if env.bool("SITE_HAS_TASKS", default=False):
    INSTALLED_APPS = [*INSTALLED_APPS, *(["django_tasks"] if VERSION < (6, 0) else []), "django_tasks_db"]
    TASKS = {
        "default": {
            "BACKEND": "django_tasks_db.DatabaseBackend",
            "QUEUES": env.list("SITE_QUEUES", default=["default"]),
        }
    }

if env.str("SITE_BROKER", default=""):
    from tests.tasks.celery_app import app  # noqa: F401 (a site imports it beside its settings, so that tasks find it)

    CELERY_BROKER_URL = env.str("SITE_BROKER")
    CELERY_TASK_DEFAULT_QUEUE = env.str("SITE_QUEUE")
    CELERY_WORKER_HIJACK_ROOT_LOGGER = False
