"""The exceptions that task queues raise inside a task, at any point of its code, when it runs too long."""

TIME_LIMITS = frozenset({"billiard.exceptions.SoftTimeLimitExceeded", "rq.timeouts.BaseTimeoutException"})
"""Those of Celery and RQ, by name, as neither need be installed. Other queues derive theirs from BaseException."""


def is_time_limit(error: BaseException) -> bool:
    """Return whether this is a task queue's exception for ending a task; it must propagate to the queue."""
    return not TIME_LIMITS.isdisjoint(f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__)
