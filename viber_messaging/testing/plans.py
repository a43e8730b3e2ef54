"""What a test wants to go wrong."""

from collections import Counter, deque

from viber_messaging.gateway.errors import GatewayError


class Plans:
    """Answers and faults that wait for their request."""

    def __init__(self) -> None:
        self.refusals: dict[str, int] = {}
        self.statuses: dict[str, int] = {}
        self.failures: deque[GatewayError] = deque()
        self._losses = Counter[str | None]()

    def lose(self, phone: str | None, times: int) -> None:
        """Plan to lose so many answers: of any request, or of those with a message to this phone."""
        self._losses[phone] += times

    def fail(self) -> None:
        """Raise the next failure, where one is planned."""
        if self.failures:
            raise self.failures.popleft()

    def loses(self, phones: set[str]) -> bool:
        """Tell whether the answer to a request with these phones is to be lost, and count it."""
        for phone in (None, *phones):
            if self._losses[phone]:
                self._losses[phone] -= 1
                return True
        return False
