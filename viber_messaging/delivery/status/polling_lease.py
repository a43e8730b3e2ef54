"""The right to ask for statuses, of one worker at a time.

Several would each ask for all that is due, and the gateway counts requests: too many (212) pause the sending too.
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
    """Taken when there is something to ask, renewed with each package, given back at the end of the ``with``.

    A worker that died over it loses it after twice TOTAL_TIMEOUT. Should two ask after all, as where listeners to a
    package take longer, that is harmless: each change is made once.
    """

    def __init__(self) -> None:
        self._token = uuid.uuid4()
        self._is_held = False

    def __enter__(self) -> Self:
        """Take nothing yet."""
        return self

    def hold(self) -> bool:
        """Take or renew it; tell whether it is ours."""
        self._is_held = _hold(self._token, timedelta(seconds=2 * conf.TOTAL_TIMEOUT))
        return self._is_held

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        if self._is_held:
            _give_back(self._token)


@retried
def _hold(token: uuid.UUID, length: timedelta) -> bool:
    """What lasts much longer than a lease was noted by a clock that was set back since.

    A little longer it may last: another host's clock is ahead, or we read ours and then waited for the row.
    """
    now = timezone.now()
    is_free = Q(polling_until=None) | ~Q(polling_until__range=(now, now + 2 * length)) | Q(polling_token=token)
    row = tables.connection_rows().filter(is_free, pk=Connection.SINGLETON)
    return row.update(polling_token=token, polling_until=now + length) == 1


@retried
def _give_back(token: uuid.UUID) -> None:
    ours = tables.connection_rows().filter(pk=Connection.SINGLETON, polling_token=token)
    ours.update(polling_token=None, polling_until=None)
