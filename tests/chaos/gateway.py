"""The sandbox, which also remembers what it refused because of the package's form."""

import re
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus

from viber_messaging.sandbox import Sandbox
from viber_messaging.sandbox.wire.responses import Answer

FORM_FAULTS = ("http-413", "error-201")
"""Each makes one attempt of several requests: the package goes out again in halves."""


class Gateway(Sandbox):
    """Counts by id the submissions that were answered 413 or 201: nothing of them was taken, and their sender knows.

    What is left of an id's submissions must each have an attempt of its own: a package that was refused for its form
    is halved within the attempt, and each half counts where it is not refused again.
    """

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.refused_for_form: Counter[int] = Counter()

    def _receive(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        answer = super()._receive(body, headers)
        if is_refusal_of_form(answer) and b"<message" in body:
            with self._book.lock:
                self.refused_for_form.update(int(id_) for id_ in re.findall(rb'<msg id="(\d+)"', body))
        return answer


def is_refusal_of_form(answer: Answer) -> bool:
    """Tell whether the package was refused as too large or as no good form."""
    return answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or b"<error>201</error>" in answer.body
