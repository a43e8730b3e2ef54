"""The accounts that a run sends with, one after the other: their books together tell what people got."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.test.utils import override_settings

from tests.chaos.gateway import Gateway


class Accounts:
    """Several gateways, looked at as one. Faults strike the one in use."""

    def __init__(self, gateways: Sequence[Gateway]) -> None:
        self.gateways = gateways
        self._place = 0
        self._settings: Any = None
        self._use()

    @property
    def current(self) -> Gateway:
        """Return the one in use."""
        return self.gateways[self._place]

    def change(self) -> None:
        """Use the next one from now on."""
        self._place = (self._place + 1) % len(self.gateways)
        self._use()

    def _use(self) -> None:
        """Let this process, in which people decide, know the account too."""
        from django.conf import settings

        if self._settings is not None:
            self._settings.disable()
        told = {**settings.VIBER_MESSAGING, "API_URL": self.url, "API_KEY": self.key}
        self._settings = override_settings(VIBER_MESSAGING=told)
        self._settings.enable()

    @property
    def url(self) -> str:
        return self.current.url

    @property
    def key(self) -> str:
        return self.current.key

    @property
    def accepted(self) -> dict[int, Any]:
        """Return what any of them accepted, by reference."""
        # Copies: messages arrive meanwhile.
        return {id_: message for gateway in self.gateways for id_, message in gateway.accepted.copy().items()}

    @property
    def submissions(self) -> Counter[int]:
        return sum((gateway.submissions for gateway in self.gateways), Counter[int]())

    @property
    def refused_for_form(self) -> Counter[int]:
        return sum((gateway.refused_for_form for gateway in self.gateways), Counter[int]())

    @property
    def request_count(self) -> int:
        return sum(gateway.request_count for gateway in self.gateways)

    def times_accepted(self, id_: int) -> int:
        """Return how often this reference was accepted, by whichever."""
        return sum(gateway.times_accepted(id_) for gateway in self.gateways)

    def fail_next(self, fault: str, **options: str) -> None:
        self.current.fail_next(fault, **options)
