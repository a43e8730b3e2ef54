"""Numbers pasted into a form, in any spelling: judged, shown before anything is done, done on the second press."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from viber_messaging.admin.pages.base import BaseAdmin
from viber_messaging.admin.pages.sentences import Sentence
from viber_messaging.conf import conf
from viber_messaging.text import phones

LONGEST_TEXT = 1_000_000
MOST_NUMBERS = 50_000
SHOWN = 200
"""Wrong numbers on the page at most; the others are counted."""
LONGEST_VALUE = 60

CONFIRM, EDIT = "_confirm", "_edit"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongNumber:
    """What is no phone that Viber could reach, and why."""

    place: str
    """Among those given, from 1."""
    value: str
    reason: str


@dataclass(slots=True)
class Pasted:
    """A text taken apart."""

    phones: list[str] = field(default_factory=list)
    """E.164, each once, in the order given."""
    repeated: int = 0
    wrong: list[WrongNumber] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be done."""

    count: int
    """How many numbers it would change; 0 leaves nothing to confirm."""
    button: str
    facts: list[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a list of numbers is pasted for."""

    title: str
    explanation: str
    back: str
    preview: Callable[[list[str]], Preview]
    perform: Callable[[list[str]], Iterable[Sentence]]
    spreadsheet_url: str = ""
    """Where the same is done with a spreadsheet, for those who may."""


def entries(text: str) -> list[str]:
    """Return what stands between line breaks, tabs, commas and semicolons."""
    return [entry for part in re.split(r"[\n\r\v\f\t\u2028\u2029,;]+", text) if (entry := part.strip())]


def judge(numbers: Iterable[str]) -> Pasted:
    """Tell phones from what is none, and find those given more than once."""
    pasted, seen = Pasted(), set[str]()
    for place, entry in enumerate(numbers, start=1):
        try:
            phone = phones.normalize(entry, conf.DEFAULT_REGION)
        except phones.PhoneError as error:
            value = entry if len(entry) <= LONGEST_VALUE else f"{entry[:LONGEST_VALUE]}…"
            pasted.wrong.append(WrongNumber(place=str(place), value=value, reason=str(error)))
            continue
        if phone in seen:
            pasted.repeated += 1
        else:
            seen.add(phone)
            pasted.phones.append(phone)
    return pasted


class PasteForm(forms.Form):
    """One field for all numbers."""

    numbers = forms.CharField(
        label=gettext_lazy("Numbers"),
        max_length=LONGEST_TEXT,
        widget=AdminTextareaWidget(
            attrs={"rows": 14, "inputmode": "tel", "autocomplete": "off", "spellcheck": "false", "autofocus": True}
        ),
        help_text=gettext_lazy("One on each line, or separated by commas or semicolons; in any usual spelling."),
        error_messages={"max_length": gettext_lazy("This is too much for one form: paste it in several parts.")},
    )

    def __init__(self, data: object = None, **kwargs: object) -> None:
        super().__init__(data, **kwargs)  # type: ignore[arg-type]
        # A browser that counts would cut the list off without a word.
        self.fields["numbers"].widget.attrs.pop("maxlength", None)

    def clean_numbers(self) -> list[str]:
        """Return what was given, number by number. Raises ValidationError where that is too much or nothing."""
        found = entries(self.cleaned_data["numbers"])
        if not found:
            raise ValidationError(_("There are no numbers here."), code="required")
        if len(found) > MOST_NUMBERS:
            raise ValidationError(self.fields["numbers"].error_messages["max_length"], code="max_length")
        return found


class PastingAdmin(BaseAdmin):
    """Has pages for pasted numbers."""

    def _paste(self, request: HttpRequest, task: Task) -> HttpResponse:
        """Show the form, then what would be done; do it where that was confirmed."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        is_filled = request.method == "POST" and EDIT not in request.POST
        form = PasteForm(request.POST) if is_filled else PasteForm(initial={"numbers": request.POST.get("numbers", "")})
        if not form.is_valid():
            return self._page(request, "pasting.html", title=task.title, task=task, form=form)
        pasted = judge(form.cleaned_data["numbers"])
        if CONFIRM not in request.POST:
            return self._preview(request, task, pasted)
        self._say(request, [*task.perform(pasted.phones), *_wrong_left(len(pasted.wrong))])
        return HttpResponseRedirect(task.back)

    def _preview(self, request: HttpRequest, task: Task, pasted: Pasted) -> HttpResponse:
        preview = task.preview(pasted.phones)
        facts = [*preview.facts, (_("Repeated in the list"), pasted.repeated), (_("Wrong"), len(pasted.wrong))]
        return self._page(
            request,
            "pasting_preview.html",
            title=task.title,
            task=task,
            preview=preview,
            facts=facts,
            wrong=pasted.wrong[:SHOWN],
            wrong_hidden=max(0, len(pasted.wrong) - SHOWN),
            numbers=request.POST["numbers"],
        )


def _wrong_left(count: int) -> Iterator[Sentence]:
    if count:
        sentence = ngettext("%(count)s wrong number was left out.", "%(count)s wrong numbers were left out.", count)
        yield messages.WARNING, sentence % {"count": count}
