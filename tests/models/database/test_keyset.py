"""Reading a large queryset in pieces."""

import ast
import io
from collections.abc import Callable
from typing import Any

import pytest

from tests.moments import Moments
from tests.sources import modules, nodes
from viber_messaging.exports import Format, export_messages
from viber_messaging.models import Message, Recipient, RecipientGroup
from viber_messaging.models.database import keyset
from viber_messaging.resources import RecipientResource


@pytest.fixture
def people(db: None, moments: Moments) -> list[int]:
    moments.set("keys asked at once", 4)
    made = [Recipient.objects.create(phone=f"+38097123456{number}", name=f"N{9 - number}") for number in range(10)]
    return [recipient.pk for recipient in made]


@pytest.mark.parametrize("size", [1, 3, 4, 100])
def test_each_row_comes_once_in_the_order_of_keys(people: list[int], size: int):
    found = list(keyset.pieces(Recipient.objects.order_by("name"), size))
    assert [key for keys in found for key in keys] == people
    assert max(map(len, found)) <= min(size, 4)


def test_who_is_in_two_groups_comes_once(people: list[int]):
    for name in ("one", "two"):
        RecipientGroup.objects.create(name=name).recipients.set(people)
    found = keyset.pieces(Recipient.objects.filter(groups__name__in=["one", "two"]))
    assert [key for keys in found for key in keys] == people


@pytest.mark.parametrize("count", [0, 3, 4, 8, 10])
def test_no_more_is_asked_than_there_is(people: list[int], count: int, django_assert_num_queries: Any):
    Recipient.objects.filter(pk__in=people[count:]).delete()
    with django_assert_num_queries(count // 4 + 1):
        assert sum(map(len, keyset.pieces(Recipient.objects.all()))) == count


def test_a_resource_exports_a_slice_too(people: list[int]):
    assert len(RecipientResource().export(Recipient.objects.order_by("-pk")[:3])) == 3
    assert len(RecipientResource().export()) == 10


@pytest.mark.django_db
def test_what_moves_on_during_an_export_is_still_written(make_message: Callable[..., Message], moments: Moments):
    for _ in range(3):
        make_message(state="draft")
    pieces = moments.original("the pieces of an export")

    def moving(*args: Any) -> Any:
        for keys in pieces(*args):
            Message.objects.update(state="cancelled")
            yield keys

    moments.replace("the pieces of an export", moving)
    file = io.BytesIO()
    export_messages(Message.objects.filter(state="draft"), file, Format.CSV)
    assert file.getvalue().decode("utf-8-sig").count("cancelled") == 3


def test_the_package_reads_nothing_by_a_cursor_on_the_server():
    """A pooler of connections would lose it between two statements."""
    found = [
        f"{name}:{node.lineno}"
        for name, source in modules()
        for node in nodes(source, ast.Attribute)
        if node.attr in ("iterator", "aiterator")
    ]
    assert found == []
