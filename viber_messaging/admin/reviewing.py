"""What the page before the start tells: how many, what they would read, and what it is paid from."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from viber_messaging.admin.previewing import screen_of
from viber_messaging.conf import conf
from viber_messaging.delivery import approval, connection
from viber_messaging.delivery.audience import Addressee
from viber_messaging.delivery.preview import Preview, preview
from viber_messaging.delivery.rendering import Obstacle
from viber_messaging.gateway.errors import GatewayError
from viber_messaging.models import Campaign, Message
from viber_messaging.wording import translate_error

BALANCE_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A campaign as it stood when the page was made."""

    campaign: Campaign
    preview: Preview
    stamp: str
    """What the page showed; a start that comes with another one is refused."""
    balance: str
    wants_approval: bool
    may_approve: bool
    needs_worker: bool
    """Whether so many only leave by the worker, on a site that otherwise needs none."""

    @property
    def opted_out(self) -> int:
        return self.preview.left_out[Obstacle.OPTED_OUT]

    @property
    def incomplete(self) -> int:
        return self.preview.left_out[Obstacle.INCOMPLETE]

    @property
    def too_long(self) -> int:
        return self.preview.left_out[Obstacle.TOO_LONG]

    @property
    def missing(self) -> list[tuple[str, int]]:
        return self.preview.missing.most_common()

    @property
    def shown(self) -> list[dict[str, Any]]:
        return [self._screen(addressee) for addressee in self.preview.samples]

    @property
    def spoilt(self) -> list[dict[str, Any]]:
        return [self._screen(found) for kind, found in self.preview.spoilt.items() if kind == Obstacle.TOO_LONG]

    def _screen(self, addressee: Addressee) -> dict[str, Any]:
        content = Message(sender=self.campaign.sender, type=self.campaign.type, **addressee.filled.fields)
        return {"phone": addressee.phone, "screen": screen_of(content)}


def review(campaign: Campaign, user: Any) -> Review:
    """Count, fill, and ask the gateway for the balance. Never inside a transaction."""
    found = preview(campaign)
    return Review(
        campaign=campaign,
        preview=found,
        stamp=approval.mark(campaign),
        balance=_balance(),
        wants_approval=approval.is_wanting(campaign),
        may_approve=approval.may_approve(campaign, user),
        needs_worker=conf.DISPATCH == "inline" and found.to_send > conf.INLINE_LIMIT,
    )


def _balance() -> str:
    """Return what is left on the account, or why that is not known."""
    try:
        with connection.open_client(total_timeout_seconds=min(BALANCE_TIMEOUT_SECONDS, conf.TOTAL_TIMEOUT)) as client:
            balance = client.balance()
    except (ImproperlyConfigured, GatewayError) as error:
        return _("unknown: %(why)s") % {"why": translate_error(str(error))}
    return f"{balance.amount} {balance.currency}"
