"""Whom a search finds: by words of a name in any order and spelling, and by digits of the phone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse

from tests.moments import Moments
from viber_messaging.admin.lists.search import find_recipients
from viber_messaging.models import Message, Recipient
from viber_messaging.models.database.folding import fold

NAMES = {
    "+380971234567": "Коваль  Олена Петрівна",
    "+380671112233": "Мар’яна Шевченко-Коваленко",
    "+380501239876": "О'Коннор Єва",
    "+380631230001": "JOHN Smith",
    "+380931230002": "",
}


@pytest.fixture
def people(db: None) -> None:
    Recipient.objects.bulk_create([Recipient(phone=phone, name=name) for phone, name in NAMES.items()])


def found(typed: str) -> list[str]:
    return sorted(find_recipients(Recipient.objects.all(), typed).values_list("phone", flat=True))


@pytest.mark.parametrize(
    "typed",
    [
        "Коваль",
        "Коваль Олена",
        "Олена Коваль",
        "Олена  Коваль",
        "олена коваль",
        "ОЛЕНА КОВАЛЬ",
        "петрівна",
        "Ол Ков",
        "Олена 097",
        "097 Олена",
        "Коваль 4567",
        "Олена 097 123-45-67",
        "4567",
        "34567",
        "097 123 45 67",
        "380971",
    ],
)
def test_somebody_is_found_by_words_and_digits_in_any_order(people: None, typed: str):
    assert "+380971234567" in found(typed)
    assert "+380931230002" not in found(typed)


@pytest.mark.parametrize("typed", ["мар'яна", "Мар’яна", "марʼяна", "МАР`ЯНА", "шевченко", "Коваленко", "Мар 2233"])
def test_apostrophes_hyphens_and_case_make_no_difference(people: None, typed: str):
    assert found(typed) == ["+380671112233"]


@pytest.mark.parametrize("typed", ["о’коннор", "О'Коннор", "єва", "ЄВА о", "9876"])
def test_a_letter_behind_an_apostrophe_may_be_large(people: None, typed: str):
    assert found(typed) == ["+380501239876"]


@pytest.mark.parametrize("name", ["МакДональд", "ПриватБанк", "МАкдональд", "макдональд", "МАКДОНАЛЬД"])
def test_a_letter_amid_a_word_may_be_large(db: None, name: str):
    Recipient.objects.create(phone="+380971234567", name=f"Рада {name}")
    for typed in (name, name.lower(), name.upper(), name.lower()[:6], f"{name.lower()} рада"):
        assert found(typed) == ["+380971234567"], typed
    assert found("макдоналдс") == []


@pytest.mark.parametrize("typed", ["рада [київ]", "[Ки", "*?^]"])
def test_signs_stand_for_themselves(db: None, typed: str):
    Recipient.objects.create(phone="+380971234567", name="Рада [Київ] *?^]")
    assert found(typed) == ["+380971234567"]


@pytest.mark.parametrize("typed", ["john", "John SMITH", "sMi"])
def test_latin_names_too(people: None, typed: str):
    assert found(typed) == ["+380631230001"]


ODD = ["%", "_", "\\", "'", "-", "()", "*", "?", "[", "[а-я]", "^", "١", "²"]


@pytest.mark.parametrize("typed", ["Олена Шевченко", "Олена 067", "лена", "4568", *ODD])
def test_nobody_is_found_whom_not_all_of_it_fits(people: None, typed: str):
    assert found(typed) == []


def test_several_are_found_by_the_beginning_that_they_share(people: None):
    assert found("Ковал") == ["+380671112233", "+380971234567"]


def test_a_common_word_is_found_in_the_order_of_the_list(people: None, moments: Moments):
    moments.set("people of a common name", 1)
    assert found("Олена Коваль") == ["+380971234567"]
    assert found("4567") == ["+380971234567"]


WRITERS: dict[str, Callable[[Recipient], Any]] = {
    "save": lambda one: (setattr(one, "name", "Інший"), one.save()),
    "save of one field": lambda one: (setattr(one, "name", "Інший"), one.save(update_fields=["name"])),
    "update": lambda one: Recipient.objects.filter(pk=one.pk).update(name="Інший"),
    "update by an expression": lambda one: Recipient.objects.filter(pk=one.pk).update(name=F("phone")),
    "bulk update": lambda one: (setattr(one, "name", "Інший"), Recipient.objects.bulk_update([one], ["name"])),
    "SQL": lambda one: _execute("UPDATE viber_messaging_recipient SET name = 'Інший'"),
}


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("writer", WRITERS)
def test_no_writer_can_forget_what_is_searched(db: None, writer: str):
    person = Recipient.objects.create(phone="+380971234567", name="Олена")
    WRITERS[writer](person)
    assert found("Олена") == []
    person.refresh_from_db()
    assert found(person.name) == ["+380971234567"]


@pytest.mark.parametrize(
    "name", ["  Олена   Коваль ", "Мар’яна-Анна", "А" + " " * 16 + "Б", "ЇЖАК Ґудзик", "a\u00a0b\tc", "É"]
)
def test_the_database_folds_a_name_as_a_search_does(db: None, name: str):
    Recipient.objects.create(phone="+380971234567", name=name)
    (folded,) = Recipient.objects.values_list("folded_name", flat=True)
    assert folded.lower() == fold(name)
    if connection.vendor == "postgresql" and name != "É":
        assert folded == fold(name)


def test_messages_are_found_by_their_persons_name_by_those_who_may_see_people(
    people: None, make_message: Callable[..., Message], log_in: Callable[..., Client]
):
    message = make_message(state="draft", phone="+380971234567")
    make_message(state="draft", phone="+380671112233")
    for codenames, expected in ((("view_message", "view_recipient"), [message.pk]), (("view_message",), [])):
        assert messages_found(log_in(*codenames, name=str(len(codenames))), "Олена Коваль") == expected


@pytest.mark.parametrize("typed", ["4567", "34567", "123 45 67", "45-67"])
def test_messages_are_found_by_the_end_of_a_phone_that_is_nobodys(
    admin_client: Client, make_message: Callable[..., Message], typed: str
):
    message = make_message(state="draft", phone="+380971234567")
    make_message(state="draft", phone="+380671112233")
    assert messages_found(admin_client, typed) == [message.pk]


@pytest.mark.parametrize("typed", ["567", "+4567", "4568", "name 4567", "1380971234567"])
def test_too_few_digits_and_other_ends_find_no_message(
    admin_client: Client, make_message: Callable[..., Message], typed: str
):
    make_message(state="draft", phone="+380971234567")
    assert messages_found(admin_client, typed) == []


def test_who_may_not_see_people_finds_messages_by_the_end_of_a_phone(
    log_in: Callable[..., Client], make_message: Callable[..., Message]
):
    message = make_message(state="draft", phone="+380971234567")
    assert messages_found(log_in("view_message"), "4567") == [message.pk]


def test_the_end_of_a_phone_finds_all_its_messages_if_one_of_them_is_recent(
    admin_client: Client, make_message: Callable[..., Message], moments: Moments
):
    old, _other, new = (make_message(state="draft", phone=f"+38097{end:07}") for end in (1234567, 7654321, 1234567))
    moments.set("messages searched by the end of a phone", 1)
    assert messages_found(admin_client, "4567") == [new.pk, old.pk]
    assert messages_found(admin_client, "4321") == []


def messages_found(client: Client, typed: str) -> list[int]:
    page: Any = client.post(reverse("admin:viber_messaging_message_search"), {"q": typed}, follow=True)
    return [message.pk for message in page.context["cl"].result_list]
