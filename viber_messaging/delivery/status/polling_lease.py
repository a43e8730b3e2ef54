"""The polling lease: only one worker at a time may ask for statuses.

Several workers would each ask for everything due. The gateway counts requests, and too many (212) pause sending too.
"""

import uuid
from datetime import timedelta
from types import TracebackType
from typing import Self

from django.db.models import Q
from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.models import Connection


class PollingLease:
    """A lease that is taken when there is something to ask, renewed with each package, and released at the end.

    A worker that dies loses it after twice TOTAL_TIMEOUT. If two workers ask after all, for example because signal
    receivers take longer, that is harmless: each change is made once.
    """

    def __init__(self) -> None:
        self._token = uuid.uuid4()
        self._is_held = False

    def __enter__(self) -> Self:
        """Enter without taking the lease yet."""
        return self

    def hold(self) -> bool:
        """Take or renew the lease; return whether it is ours."""
        self._is_held = _hold(self._token, timedelta(seconds=2 * conf.TOTAL_TIMEOUT))
        return self._is_held

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the lease."""
        if self._is_held:
            _give_back(self._token)


@retried
def _hold(token: uuid.UUID, length: timedelta) -> bool:
    """Take a lease that is free, ours, expired, or so far in the future that its clock must have been set back since.

    Keep the polling lease when clocks differ slightly: another host's clock may be ahead, or we waited for the row.
    """
    now = timezone.now()
    is_free = Q(polling_until=None) | ~Q(polling_until__range=(now, now + 2 * length)) | Q(polling_token=token)
    row = tables.connection_rows().filter(is_free, pk=Connection.SINGLETON)
    return row.update(polling_token=token, polling_until=now + length) == 1


@retried
def _give_back(token: uuid.UUID) -> None:
    ours = tables.connection_rows().filter(pk=Connection.SINGLETON, polling_token=token)
    ours.update(polling_token=None, polling_until=None)
