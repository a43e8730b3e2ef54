import os

from config.settings.base import *  # noqa: F403

DEBUG = False
ALLOWED_HOSTS = ["localhost", "testserver"]
CELERY_BROKER_URL = os.environ.get("HOST_BROKER", "")
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_TASK_DEFAULT_QUEUE = "viber_host"
VIBER_MESSAGING = {"API_KEY": "the key from your account at the gateway", "DISPATCH": "celery"}
if "HOST_GATEWAY" in os.environ:
    VIBER_MESSAGING |= {"API_KEY": "sandbox", "API_URL": os.environ["HOST_GATEWAY"]}
