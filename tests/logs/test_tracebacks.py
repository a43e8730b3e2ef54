"""No error mail shows a phone, a text, a name or the key, wherever in the package something goes wrong.

Each scenario is watched once; then each function that held a canary is broken in turn, and the mail is read that
Django sends to the site's admins. A new function, page or call of the API is found by itself.
"""

import inspect
import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from functools import partial
from types import CodeType
from typing import Any, TypeAlias

import django
import pytest
from asgiref.sync import async_to_sync
from django.contrib import admin
from django.contrib.auth.models import User
from django.core import mail
from django.db import Error, IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone
from django.utils.log import AdminEmailHandler

from tests import doors
from tests.admin.imports.conftest import upload
from tests.admin.site.access import POSTED
from tests.admin.site.test_matrix import names, url_of
from tests.breaking import Bug, broken, spots
from tests.moments import Moments
from viber_messaging import api
from viber_messaging.logs.tracebacks import without_locals
from viber_messaging.models import Campaign, ConsentChange, Message, Recipient, RecipientGroup, SendAttempt, Sender
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import AttemptOutcome

# In pieces, because an error mail shows the lines of this file.
DIGITS = "9711-12233".replace("-", "")
PHONE = f"+380{DIGITS}"
OTHER = "+38050123-4567".replace("-", "")
TEXT = "a text for one pair_of eyes".replace("_", " ")
NAME = "Canary_Olena".replace("_", " ")
CANARIES = (DIGITS, TEXT, NAME)
ADMIN = "boss@example.com"

Site: TypeAlias = dict[str, Any]
"""One of each model, by the model's name."""
Scenario: TypeAlias = Callable[[Site], None]

LATEST: Site = {}
"""What was furnished last; the calls do not read it: rows that the site reads itself stand in the site's frames."""


def in_async(steps: Callable[[], Awaitable[object]]) -> object:
    """Do this as async code of the site does."""

    async def do() -> object:
        return await steps()

    return async_to_sync(do)()


CALLS: dict[str, Callable[[], object]] = {
    "send_message": lambda: api.send_message(PHONE, TEXT, sender="SMSTest"),
    "send_messages": lambda: api.send_messages(Message(phone=PHONE, text=TEXT, sender="SMSTest") for _ in range(2)),
    "asend_message": lambda: in_async(lambda: api.asend_message(PHONE, TEXT, sender="SMSTest")),
    "asend_messages": lambda: in_async(
        lambda: api.asend_messages(Message(phone=PHONE, text=TEXT, sender="SMSTest") for _ in range(2))
    ),
    "aget_balance": lambda: in_async(api.aget_balance),
    "opt_out": lambda: api.opt_out(PHONE),
    "opt_in": lambda: (api.opt_out(PHONE), api.opt_in(PHONE)),
    "forget": lambda: api.forget(PHONE),
    "export_person": lambda: api.export_person(PHONE),
    "get_balance": lambda: api.get_balance(),
    "start_campaign": lambda: api.start_campaign(LATEST["campaign"]),
    "pause_campaign": lambda: [act(LATEST["campaign"]) for act in (api.start_campaign, api.pause_campaign)],
    "resume_campaign": lambda: [
        act(LATEST["campaign"]) for act in (api.start_campaign, api.pause_campaign, api.resume_campaign)
    ],
    "cancel_campaign": lambda: [act(LATEST["campaign"]) for act in (api.start_campaign, api.cancel_campaign)],
    "save": lambda: [
        record.save()
        for record in (Recipient(phone=OTHER, name=NAME), Message(phone=PHONE, text=TEXT, sender="SMSTest"))
    ],
}


def call(request: HttpRequest, name: str) -> HttpResponse:
    """A view of the site's own."""
    CALLS[name]()
    return HttpResponse("done")


urlpatterns = [path("admin/", admin.site.urls), path("site/<str:name>/", call)]


@pytest.fixture
def error_mails(settings: Any) -> Iterator[list[Any]]:
    """Mail all that is logged as an error, with the locals of each frame, as a site may have it."""
    settings.ROOT_URLCONF = __name__
    settings.ADMINS = [ADMIN if django.VERSION >= (6, 0) else ("Olena", ADMIN)]
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    handler = AdminEmailHandler(include_html=True)
    handler.setLevel(logging.ERROR)
    logging.getLogger().addHandler(handler)
    djangos = [one for one in logging.getLogger("django").handlers if isinstance(one, AdminEmailHandler)]
    for one in djangos:  # the same mail a second time, without the locals
        logging.getLogger("django").removeHandler(one)
    yield mail.outbox
    for one in djangos:
        logging.getLogger("django").addHandler(one)
    logging.getLogger().removeHandler(handler)


def furnish() -> Site:
    """Empty the site, and fill it with one of each."""
    for model in (SendAttempt, Message, Campaign, Recipient, RecipientGroup, ConsentChange, Sender):
        model._base_manager.all().delete()
    sender = Sender.objects.create(name="SMSTest")
    group = RecipientGroup.objects.create(name="Friends")
    recipient = Recipient.objects.create(phone=PHONE, name=NAME, attributes={"city": NAME})
    group.recipients.add(recipient)
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text=f"{TEXT}, {{name}}")
    campaign.groups.add(group)
    message = Message.objects.create(phone=PHONE, text=TEXT, sender="SMSTest", state="draft", recipient=recipient)
    now = timezone.now()
    attempt = SendAttempt.objects.create(
        message=message, number=1, started_at=now, finished_at=now, outcome=AttemptOutcome.ACCEPTED
    )
    consent = ConsentChange.objects.create(phone=PHONE, is_opted_out=False, source="code")
    made = (sender, group, recipient, campaign, message, attempt, consent)
    LATEST.update({item._meta.model_name: item for item in made})
    return dict(LATEST)


def client() -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(User.objects.get_or_create(username="staff", is_staff=True, is_superuser=True)[0])
    return browser


def typed(name: str) -> dict[str, Any]:
    fields = {
        "phone": PHONE,
        "text": TEXT,
        "name": NAME,
        "numbers": f"{PHONE}, {OTHER}",
        "q": PHONE,
        "sender": "SMSTest",
    }
    empty = {"type": "text", "button": "", "url": "", "image": "", "attributes": "{}", "trial_phone": PHONE}
    return {**empty, **POSTED.get(name, {}), **fields, "sender": "SMSTest"}


def visit(site: Site, name: str) -> None:
    """Look at a page, and post to it."""
    address = url_of(name, site)
    for response in (client().get(address), client().post(address, typed(name))):
        if response.streaming:
            b"".join(response)


def press(name: str, **more: str) -> Scenario:
    def run(site: Site) -> None:
        if name.startswith("campaign"):
            more["groups"] = str(site["recipientgroup"].pk)
        client().post(url_of(name, site), {**typed(name), **more}, follow=True)

    return run


def act_on_messages(action: str) -> Scenario:
    def run(site: Site) -> None:
        chosen = {"action": action, "_selected_action": [site["message"].pk], "index": 0, "_confirm": "1000"}
        client().post(reverse("admin:viber_messaging_message_changelist"), chosen, follow=True)

    return run


def import_file(subject: str, *rows: tuple[str, ...]) -> Scenario:
    def run(_site: Site) -> None:
        browser = client()
        answer = upload(browser, list(rows), subject=subject)
        if answer.status_code == 302:
            browser.get(answer.url)
            browser.post(answer.url, {"_import": "1", "sender": "SMSTest"}, follow=True)

    return run


def api_call(name: str) -> Scenario:
    def run(_site: Site) -> None:
        client().get(f"/site/{name}/")

    return run


def work(_site: Site) -> None:
    """Let the worker make, send, ask for and call back messages."""
    tomorrow = timezone.now() + timedelta(days=1)
    try:
        Campaign.objects.update(state="running", start_at=timezone.now())
        Message(phone=OTHER, text=TEXT, sender="SMSTest").save()
        Message(phone=PHONE, text=TEXT, sender="SMSTest", scheduled_at=tomorrow).save()
        doors.work()
        Message.objects.update(next_attempt_at=None)
        Recipient.objects.update(opted_out_at=timezone.now())
        doors.work()
    except (Bug, Error):
        logging.getLogger("site").exception("The worker failed.")


def search(_site: Site) -> None:
    for model in ("message", "recipient", "sendattempt", "consentchange"):
        client().post(reverse(f"admin:viber_messaging_{model}_search"), {"q": PHONE}, follow=True)


SCENARIOS: dict[str, Scenario] = {
    **{f"calls {name}": api_call(name) for name in CALLS},
    "the worker": work,
    "a search": search,
    "send": press("message_add", _send="1"),
    "test": press("message_add", _test="1"),
    "several": press("message_add", _send="1", phone=f"{PHONE}, {OTHER}"),
    "campaign": press("campaign_add", _review="1"),
    "campaign test": press("campaign_act", do="trial"),
    "pasted": press("recipient_opt_out_list", _confirm="1"),
    "numbers": press("recipientgroup_add_numbers", _confirm="1"),
    "export": press("recipient_export", format="csv"),
    **{action: act_on_messages(action) for action in ("send_selected", "cancel_selected", "delete_selected")},
    "people": import_file("recipient", ("Телефон", "Ім'я"), (PHONE, f"{NAME} "), (OTHER, NAME), ("044", NAME)),
    "messages": import_file("message", ("Телефон", "Текст"), (PHONE, TEXT), (OTHER, TEXT)),
    "opt-outs": import_file("consentchange", ("Телефон", "Ім'я"), (PHONE, NAME)),
}

seen: set[CodeType] = set()
"""What another scenario of this process broke."""


@pytest.fixture
def told(gateway: Sandbox, error_mails: list[Any], configure: Any, caplog: Any) -> Callable[[Scenario], None]:
    """Break a scenario wherever it held a canary, and read what was told."""
    configure(DISPATCH="inline")

    def read() -> str:
        letters = [part for letter in error_mails for part in (letter.subject, letter.body, *letter.alternatives)]
        words = "\n".join([*map(str, letters), caplog.text])
        error_mails.clear()
        caplog.clear()
        return words

    def break_everywhere(run: Scenario) -> None:
        site = furnish()
        found = [spot for spot in spots(lambda: run(site), CANARIES) if spot[0] not in seen]
        read()
        for spot in found:
            site = furnish()
            with broken(spot):
                run(site)
            words, where = read(), f"{spot[0].co_qualname} in {spot[0].co_filename}:{spot[1]}"
            assert not [canary for canary in (*CANARIES, gateway.key) if canary in words], where
            seen.add(spot[0])

    return break_everywhere


def test_every_call_of_the_api_is_tried():
    assert {name for name in api.__all__ if inspect.isfunction(getattr(api, name))} <= set(CALLS)


def test_the_mail_is_looked_into_where_canaries_would_be(told: Any, moments: Moments):
    moments.replace("the emptying of a traceback", lambda *_errors: None)
    seen.clear()
    with pytest.raises(AssertionError, match=DIGITS):
        told(SCENARIOS["calls send_message"])
    seen.clear()


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", SCENARIOS)
def test_no_error_mail_tells_whom_a_step_was_about(name: str, told: Any):
    told(SCENARIOS[name])


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(set(names())))
def test_no_error_mail_tells_whom_a_page_was_about(name: str, told: Any):
    told(partial(visit, name=name))


def words_of(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield str(error)
        error = error.__cause__ or error.__context__


@pytest.mark.django_db
@pytest.mark.parametrize(
    "save",
    [
        lambda: [Recipient(phone=PHONE, name=NAME).save() for _ in range(2)],
        lambda: Message(phone=PHONE, text="", button=NAME[:19], sender="SMSTest").save(),
    ],
)
def test_the_database_s_words_show_no_row(save: Callable[[], object]):
    with pytest.raises(IntegrityError) as caught:
        save()
    words = "\n".join(words_of(caught.value))
    assert re.search("phone|viber", words)
    assert not [canary for canary in CANARIES if canary in words]


def test_what_the_next_page_was_to_say_is_not_shown_with_its_cookie(
    gateway: Sandbox, error_mails: list[Any], moments: Moments
):
    site, browser = furnish(), client()
    browser.post(url_of("recipient_change", site), {**typed("recipient_change"), "groups": []})
    said = browser.cookies["messages"].value[:40]  # packed, and readable without the site's key

    def crash(*_arguments: Any, **_options: Any) -> None:
        raise Bug

    moments.replace("the banner", crash)
    assert browser.get(url_of("recipient_changelist", site)).status_code == 500
    assert error_mails
    assert not [letter for letter in error_mails if said in f"{letter.body}{letter.alternatives}"]


def test_what_the_site_was_handling_keeps_its_locals():
    @without_locals
    def fail() -> None:
        raise Bug

    def theirs() -> None:
        kept = "theirs"
        raise ValueError(len(kept))

    def fail_while_handling() -> None:
        try:
            theirs()
        finally:
            with pytest.raises(Bug):
                fail()

    with pytest.raises(ValueError) as outer:
        fail_while_handling()
    assert outer.traceback[-1].frame.f_locals == {"kept": "theirs"}
