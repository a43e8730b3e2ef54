"""The failures that a test plans."""

from collections import Counter, deque

from viber_messaging.gateway.errors import GatewayError


class Plans:
    """Planned answers and faults for coming requests."""

    def __init__(self) -> None:
        self.refusals: dict[str, int] = {}
        self.statuses: dict[tuple[str, str], int] = {}
        self.failures: deque[GatewayError] = deque()
        self._losses = Counter[str | None]()

    def lose(self, phone: str | None, times: int) -> None:
        """Plan to lose this many answers: to any request, or to those with a message to this phone."""
        self._losses[phone] += times

    def fail(self) -> None:
        """Raise the next planned failure, if any."""
        if self.failures:
            raise self.failures.popleft()

    def loses(self, phones: set[str]) -> bool:
        """Return whether to lose the answer to a request with these phones, and count it."""
        for phone in (None, *phones):
            if self._losses[phone]:
                self._losses[phone] -= 1
                return True
        return False
