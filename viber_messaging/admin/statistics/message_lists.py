"""Links from numbers on the first page to the list of the messages that they count."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from viber_messaging.admin.pages.links import url_of
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.states import MessageChannel, MessageState
from viber_messaging.statistics import Period

ListLink = Callable[..., str]
"""Returns the URL of the list, narrowed by filters; empty if there is no list."""


def unlinked(**filters: object) -> str:
    """Return no URL, for pages whose numbers are not linked."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLists:
    """The list of messages, narrowed in the ways in which the first page counts."""

    url: str
    by_channel: dict[str, str]
    """Filters that leave out the SMS, if there are any: most numbers count people, by Viber."""

    @classmethod
    def of(cls, site_name: str, month: Period) -> "MessageLists":
        """Return the lists of this admin, for the counts of these days."""
        by_viber = {"channel": str(MessageChannel.VIBER)} if MessageChannel.SMS in month.channels else {}
        return cls(url=url_of("viber_messaging_message_changelist", site_name), by_channel=by_viber)

    def of_all(self, **filters: object) -> str:
        """Return the URL of the list with these filters, by both channels."""
        return f"{self.url}?{urlencode(filters)}" if self.url else ""

    def counted(self, **filters: object) -> str:
        """Return the URL of the list with these filters, by the channel of the counts."""
        return self.of_all(**filters, **self.by_channel)

    @property
    def of_month(self) -> ListLink:
        """Return the links to messages of the last thirty days."""
        return partial(self.counted, day="30")

    def of_queue(self) -> dict[str, str]:
        """Return the links of the numbers about the queue, by name."""
        kinds = {name: self.of_all(kind=name) for name in ("ready", "waiting", "held", "undecided")}
        return {
            **kinds,
            "unconfirmed": self.of_all(state__exact=MessageState.UNCONFIRMED),
            "forgotten": self.of_all(code=int(MessageCode.ERR_ID), state__exact=MessageState.ACCEPTED),
        }
