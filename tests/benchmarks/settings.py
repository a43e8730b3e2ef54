"""Settings of the benchmarks: a site on one database, with our app, and the peer where it is installed."""

from importlib.util import find_spec

from tests.settings import *  # noqa: F403 (a settings module extends another one so)
from tests.settings import DATABASES, INSTALLED_APPS, env
from viber_messaging.conf import settings_from_env

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "loggers": {"post_office": {"handlers": ["nowhere"], "level": "WARNING", "propagate": False}},
}
VIBER_MESSAGING = {"API_KEY": "bench", "DISPATCH": "worker", **settings_from_env()}

if find_spec("post_office"):
    INSTALLED_APPS = [*INSTALLED_APPS, "post_office"]
    POST_OFFICE = {"BACKENDS": {"default": env.str("BENCH_BACKEND", default="tests.benchmarks.peers.Nothing")}}
