from config.settings.base import *  # noqa: F403

DEBUG = False
ALLOWED_HOSTS = ["localhost", "testserver"]
CELERY_TASK_ALWAYS_EAGER = True
VIBER_MESSAGING = {"API_KEY": "the key from your cabinet at the gateway", "DISPATCH": "celery"}
