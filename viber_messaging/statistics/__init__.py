"""Statistics of sending: the queue, the last thirty days, the account. For the admin, monitors and cron."""

from viber_messaging.statistics.delays import delays
from viber_messaging.statistics.health import complaints
from viber_messaging.statistics.metrics import FIGURES, exposition, figures
from viber_messaging.statistics.periods import Period, periods
from viber_messaging.statistics.reports import Report, report
from viber_messaging.statistics.sender_registration import last_answer
from viber_messaging.statistics.snapshot import Standing, standing
from viber_messaging.statistics.tally import Scope

__all__ = [
    "FIGURES",
    "Period",
    "Report",
    "Scope",
    "Standing",
    "complaints",
    "delays",
    "exposition",
    "figures",
    "last_answer",
    "periods",
    "report",
    "standing",
]
