"""How long to wait before trying again: a pure decision."""

from random import SystemRandom

LONGEST_PAUSE_SECONDS = 900.0
"""The longest time between two probes during an outage, so that an hour of it costs only a handful of requests."""

random = SystemRandom()


def delay_seconds(failure_count: int, base_seconds: float, *, longest_seconds: float = LONGEST_PAUSE_SECONDS) -> float:
    """Return an exponential delay with 20% jitter, so that workers do not all retry at the same moment."""
    exponential = base_seconds * 2.0 ** min(max(failure_count - 1, 0), 30)
    return min(exponential, longest_seconds) * random.uniform(0.8, 1.2)
