"""A page for pasted numbers, which shows a preview first and acts after confirmation."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.admin.pages.view import AdminView
from viber_messaging.admin.pasted_numbers.form import PasteForm
from viber_messaging.admin.pasted_numbers.numbers import Pasted, judge

SHOWN = 200
"""The most wrong numbers shown on the page; the others are counted."""

CONFIRM, EDIT = "_confirm", "_edit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be done."""

    count: int
    """How many numbers would change; if 0, there is nothing to confirm."""
    button: str
    facts: list[tuple[str, int]]


class PastedNumbersView(AdminView):
    """Shows the form, then what would be done; does it after confirmation."""

    title = ""
    explanation = ""
    spreadsheet_url = ""
    """The URL of the same operation with a spreadsheet, for users who may use it."""

    def preview(self, phones: list[str]) -> Preview:
        """Return what would be done with these phones (E.164)."""
        raise NotImplementedError

    def perform(self, phones: list[str]) -> Iterable[Sentence]:
        """Perform the operation, and return sentences about the result."""
        raise NotImplementedError

    def show(self, request: HttpRequest) -> HttpResponse:
        """Show the page, or perform the confirmed operation."""
        is_filled = request.method == "POST" and EDIT not in request.POST
        form = PasteForm(request.POST) if is_filled else PasteForm(initial={"numbers": request.POST.get("numbers", "")})
        if not form.is_valid():
            return self._render("pasting.html", form=form)
        pasted = judge(form.cleaned_data["numbers"])
        if CONFIRM not in request.POST:
            return self._show_preview(request, pasted)
        self.model_admin.say(request, [*self.perform(pasted.phones), *_wrong_left(len(pasted.wrong))])
        return HttpResponseRedirect(self._back)

    @property
    def _back(self) -> str:
        url: str = self.model_admin.url_to("changelist")
        return url

    def _render(self, template: str, **context: object) -> HttpResponse:
        task = {"explanation": self.explanation, "back": self._back, "spreadsheet_url": self.spreadsheet_url}
        return self.render(template, title=self.title, task=task, **context)

    def _show_preview(self, request: HttpRequest, pasted: Pasted) -> HttpResponse:
        preview = self.preview(pasted.phones)
        facts = [*preview.facts, (_("Repeated in the list"), pasted.repeated), (_("Invalid"), len(pasted.wrong))]
        return self._render(
            "pasting_preview.html",
            preview=preview,
            facts=facts,
            wrong=pasted.wrong[:SHOWN],
            wrong_hidden=max(0, len(pasted.wrong) - SHOWN),
            numbers=request.POST["numbers"],
        )


def _wrong_left(count: int) -> Iterator[Sentence]:
    if count:
        sentence = ngettext("%(count)s invalid number was left out.", "%(count)s invalid numbers were left out.", count)
        yield messages.WARNING, sentence % {"count": count}
