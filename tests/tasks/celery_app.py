"""The Celery of a site, made as Celery's manual says."""

from celery import Celery

app = Celery("site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["tests.tasks"], related_name="shop")
