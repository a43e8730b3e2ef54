"""Settings of the chaos run: short times, so that an hour of bad luck fits into a minute."""

from project.settings import *  # noqa: F403 (a settings module extends another one so)
from project.settings import env
from viber_messaging.conf import settings_from_env

DEBUG = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "DEBUG"},
    "loggers": {name: {"level": "INFO"} for name in ("amqp", "celery", "kombu")},
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A killed process loses no commit without a power cut, and a slow disk would only slow the chaos down.
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"  # noqa: F405
if isolation := env.str("CHAOS_ISOLATION", default=""):
    level = isolation
    if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
        from django.db.backends.postgresql.psycopg_any import IsolationLevel

        level = IsolationLevel[isolation.upper().replace(" ", "_")]
    DATABASES["default"].setdefault("OPTIONS", {})["isolation_level"] = level  # noqa: F405
if env.bool("CHAOS_POOL", default=False):
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 8}  # noqa: F405
if env.bool("CHAOS_PROXY", default=False):
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # noqa: F405

VIBER_MESSAGING = {
    "DISPATCH": "worker",
    "CLAIM_TIMEOUT": 3,
    "CONNECT_TIMEOUT": 1,
    "READ_TIMEOUT": 1,
    "TOTAL_TIMEOUT": 1.5,
    "RETRY_DELAY": 0.2,
    "MAX_ATTEMPTS": 1000,
    "PACKAGE_SIZE": 10,
    **settings_from_env(),
}
CRASH_CHANCE = env.float("CHAOS_CRASH_CHANCE", default=0.0)
CELERY_BROKER_URL = env.str("CHAOS_BROKER", default="memory://")
CELERY_TASK_DEFAULT_QUEUE = env.str("CHAOS_QUEUE", default="viber-chaos")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
