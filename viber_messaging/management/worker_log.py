"""What a worker without a terminal logs: its start, each round that did something, and its end."""

import logging

from django.db import connections

from viber_messaging import __version__
from viber_messaging.conf import conf
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.storage import tables
from viber_messaging.logs.facts import facts

logger = logging.getLogger(__name__)

SILENT = "The log shows nothing more: let LOGGING show the logger viber_messaging at the level INFO."


def is_shown() -> bool:
    """Return whether the site's LOGGING shows these records."""
    return logger.isEnabledFor(logging.INFO) and logger.hasHandlers()


def start(interval_seconds: float) -> str:
    """Log the start of a worker; return the sentence."""
    database, dispatch = connections[tables.alias()].vendor, conf.DISPATCH
    sentence = (
        f"Worker started: checks for due messages every {interval_seconds:g} s, version {__version__}, "
        f"database {database}, DISPATCH {dispatch!r}."
    )
    extra = facts(
        "worker_started",
        interval_seconds=interval_seconds,
        version=__version__,
        database=database,
        dispatch=dispatch,
    )
    logger.info("%s", sentence, extra=extra)
    return sentence


def finish_round(report: Report) -> None:
    """Log what a round did; nothing if it sent nothing and no message moved."""
    if report.sent or report.moved:
        extra = facts("round_done", count=report.sent, states=report.as_states())
        logger.info("Round done: %s.", report, extra=extra)


def end(total: Report) -> None:
    """Log the end of a worker."""
    extra = facts("worker_ended", count=total.sent, states=total.as_states())
    logger.info("Worker ended: %s.", total, extra=extra)
