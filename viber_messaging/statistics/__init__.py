"""How sending goes: the queue, the last thirty days, the account. For the admin, for monitors, for cron."""

from viber_messaging.statistics.delays import delays
from viber_messaging.statistics.health import complaints
from viber_messaging.statistics.periods import Period, periods
from viber_messaging.statistics.standing import Standing, standing

__all__ = ["Period", "Standing", "complaints", "delays", "periods", "standing"]
