"""For a site with Celery: one round each minute, and pruning at night.

Put the schedule into the settings that Celery reads with ``namespace="CELERY"``, and the task into one of your own
apps. Beat is for what nobody nudges: the hour of a campaign, statuses, a broker that was away for a while. With
DISPATCH "celery" each save nudges besides.
"""

from celery import shared_task
from celery.schedules import crontab
from django.core.management import call_command

CELERY_BEAT_SCHEDULE = {
    # A round that could not start within its minute need not start: the next one does all of its work.
    "viber-due": {"task": "viber_messaging.run_due", "schedule": 60.0, "options": {"expires": 55}},
    "viber-prune": {"task": "site.prune_viber", "schedule": crontab(hour=3, minute=17)},
}


@shared_task(name="site.prune_viber", ignore_result=True)
def prune_viber() -> None:
    """Delete what ended more than a year ago."""
    call_command("viber_prune", older_than=365, verbosity=0)
