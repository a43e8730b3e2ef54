"""The addresses of the admin's pages: a page, a question mark, and anything."""

from functools import cache
from http.cookies import SimpleCookie

from django.contrib.auth.models import User
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.fuzz.target import Target
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup, Sender

MODELS = ("message", "campaign", "recipient", "recipientgroup", "sender", "sendattempt", "consentchange")
PAGES = (
    *(f"{model}_changelist" for model in MODELS),
    *(f"{model}_add" for model in MODELS[:5]),
    "message_report",
)
ANSWERS = frozenset({200, 302, 400, 404})
"""A page, another address, and two ways to refuse one; anything else is an error of the server."""
MOST_QUERIES = 100
NAME = "fuzzer"


def prepare() -> None:
    """Store somebody who may see everything, and something to be seen."""
    user = User.objects.create_superuser(NAME)
    group = RecipientGroup.objects.create(name="Spring")
    person = Recipient.objects.create(phone="+380971234567", name="Олена О'Ніл")
    person.groups.add(group)
    Sender.objects.create(name="SMSTest")
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Text", created_by=user)
    Message.objects.create(phone=person.phone, sender="SMSTest", text="Text", state="draft", campaign=campaign)


@cache
def address_of(page: str) -> str:
    return reverse(f"admin:viber_messaging_{page}")


def read(content: bytes) -> None:
    page, _mark, query = content.decode("latin-1").partition("?")
    client = Client(raise_request_exception=True)
    reset_queries()  # only the last 9000 queries are counted
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        client.force_login(User.objects.get(username=NAME))
        client.cookies = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
        answer = client.get(address_of(page if page in PAGES else PAGES[0]), QUERY_STRING=query)
        b"".join(answer)  # which also closes a file; closing it here would close the database
        transaction.set_rollback(True)
    assert answer.status_code in ANSWERS
    assert len(queries) <= MOST_QUERIES


QUERIES = Target(
    name="queries",
    read=read,
    longest=512,
    prepare=prepare,
)
