"""The current figures as JSON, for a monitor."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from viber_messaging.admin.pages.view import AdminView
from viber_messaging.admin.permissions import VIEW_MESSAGE, has
from viber_messaging.statistics import complaints, delays, figures, periods, standing

OLDEST = timedelta(minutes=15)


class StatsView(AdminView):
    """Returns the figures of the first page, with times in ISO 8601 and ages in seconds."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the figures."""
        self.require(has(request, VIEW_MESSAGE))
        now, (today, month) = standing(), periods()
        answer: dict[str, Any] = {
            **figures(now),
            "today": dict(today.states),
            "thirty_days": dict(month.states),
            "thirty_days_by_sender": month.senders,
            "thirty_days_by_campaign": {str(key or ""): states for key, states in month.campaigns.items()},
            "thirty_days_failures_by_code": {str(code or ""): count for code, count in month.failures.items()},
            "delays": {name: delay.in_seconds() for name, delay in delays().items()},
            "counted_at": month.counted_at,
            "complaints": list(complaints(now, oldest=OLDEST)),
        }
        return JsonResponse(answer, headers={"Cache-Control": "no-store"})

    post = get
