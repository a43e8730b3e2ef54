"""The exceptions by which task queues end a task that lasts too long, raised into whatever it does just then."""

TIME_LIMITS = frozenset({"billiard.exceptions.SoftTimeLimitExceeded", "rq.timeouts.BaseTimeoutException"})
"""Of Celery and RQ, by name: neither need be installed. Other queues derive theirs from BaseException."""


def is_time_limit(error: BaseException) -> bool:
    """Tell whether an exception is a task queue's wish to end the task: it must reach whoever runs the task."""
    return not TIME_LIMITS.isdisjoint(f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__)
