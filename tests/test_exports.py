"""What leaves as a spreadsheet: harmless in Excel, and the same when it comes back."""

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.spreadsheets import files
from viber_messaging.exports import Format, export_messages, export_recipients
from viber_messaging.importing import Kind, preview, stage, write
from viber_messaging.models import Message, Recipient
from viber_messaging.spreadsheets.values.cells import cleaned
from viber_messaging.spreadsheets.values.formulas import guarded, guarded_cell, unguarded
from viber_messaging.spreadsheets.writer import write_table

OLENA, IVAN = "+380971234567", "+380501234567"
NASTY = [
    *("=1+1", "+1", "-5", "@SUM(A1)", "'=1", "''-x", "'Артаньян", "_x0041_", 'a";b,c  d', "007", "1e5", "TRUE", "<b>"),
    *("Їжак", "😀", "немає", "a\u202eb"),
]


def exported(kind: Format) -> io.BytesIO:
    file = io.BytesIO()
    export_recipients(Recipient.objects.all(), file, kind)
    return file


def stored() -> list[tuple[str, str, dict[str, str]]]:
    return list(Recipient.objects.order_by("phone").values_list("phone", "name", "attributes"))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["uk", "en"])
@pytest.mark.parametrize("kind", Format)
def test_what_was_exported_is_imported_without_loss(kind: Format, language: str) -> None:
    for number, nasty in enumerate(NASTY):
        Recipient.objects.create(phone=f"+3809712345{number:02}", name=nasty, attributes={"місто": nasty, "=x": "a\nb"})
    Recipient.objects.create(phone=OLENA)
    before = stored()
    with override(language):
        file = exported(kind)
    assert preview(stage(files.read(file), io.BytesIO())).counts[Kind.UNCHANGED] == len(before)
    Recipient.objects.all().delete()
    write(stage(files.read(file), io.BytesIO()))
    assert stored() == before


@pytest.mark.django_db
def test_a_workbook_holds_no_formula_and_phones_are_texts() -> None:
    for number, nasty in enumerate(NASTY):
        Recipient.objects.create(phone=f"+3809712345{number:02}", name=nasty, attributes={"=x": nasty})
    cells = [cell for row in openpyxl.load_workbook(exported(Format.XLSX)).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert cells[3].value == "+380971234500"
    assert not [cell for cell in cells if str(cell.value).startswith(("=", "-", "@"))]


@pytest.mark.django_db
def test_no_cell_of_a_text_table_begins_as_a_formula_does() -> None:
    Recipient.objects.create(phone=OLENA, name="=1+1", attributes={"a": "\tcmd", "b": "\rcmd"})
    content = exported(Format.CSV).getvalue().decode("utf-8-sig")
    assert content.splitlines()[1].startswith(f"'{OLENA};'=1+1;")
    assert "'\tcmd" in content
    assert "'\rcmd" in content


@pytest.mark.django_db
def test_recipients_with_different_attributes_share_the_columns() -> None:
    Recipient.objects.create(phone=OLENA, attributes={"city": "Київ"})
    Recipient.objects.create(phone=IVAN, attributes={"size": 5, "none": None, "city": "Львів"})
    Recipient.objects.create(phone="+380631234567", attributes=["odd"])
    table = files.read(exported(Format.CSV))
    titles = [column.title for column in table.columns]
    assert sorted(titles) == sorted(["Phone", "Name", "city", "size", "none"])
    assert dict(zip(titles, files.values(table)[1], strict=True)) == {
        "Phone": f"'{IVAN}",
        "Name": "",
        "city": "Львів",
        "size": "5",
        "none": "",
    }


@pytest.mark.django_db
def test_nobody_makes_an_empty_table() -> None:
    assert exported(Format.XLSX).getvalue()
    assert exported(Format.CSV).getvalue().decode("utf-8-sig") == "Phone;Name\r\n"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", Format)
def test_two_thousand_rows_take_one_query_and_their_keys_another(kind: Format, django_assert_num_queries: Any) -> None:
    Recipient.objects.bulk_create(Recipient(phone=f"+38097{number:07}") for number in range(300))
    with django_assert_num_queries(2 * 2):
        exported(kind)


@given(st.text(alphabet="'=+-@＝\t\r\n,; \"a"))
def test_an_apostrophe_is_taken_away_as_it_was_added(text: str) -> None:
    assert unguarded(guarded(text)) == unguarded(guarded_cell(text)) == text
    assert not guarded_cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


@given(st.lists(st.text(alphabet="=＝+a ',;\t\n\""), min_size=1, max_size=3), st.sampled_from(",;\t|"))
@example(["x", "Kyiv,=cmd|' /C calc'!A0"], ",")
@example(["x", 'Kyiv,"=cmd'], ",")
@example(["x", "a\n=1+1"], ";")
@example(["x", "＝1+1"], ";")
@settings(deadline=None, max_examples=300)
def test_no_cell_is_a_formula_whatever_the_list_separator_is(texts: list[str], separator: str) -> None:
    """Whoever splits at another separator may also break the rows, and a quote that does not begin a cell is a sign."""
    file = io.BytesIO()
    write_table(file, Format.CSV, ["phone"], [texts])
    lines = file.getvalue().decode("utf-8-sig")
    careful = list(csv.reader(io.StringIO(lines, newline=""), delimiter=separator))
    naive = [line.split(separator) for line in lines.splitlines()]
    cells = [cell.strip(' "') for row in [*careful, *naive] for cell in row]
    assert not [cell for cell in cells if cell.startswith(SIGNS)]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.text(alphabet="'=+-@_x0041;\",\n "))
@settings(deadline=None, max_examples=50)
def test_any_text_that_can_be_stored_survives_both_formats(text: str) -> None:
    stored_text = cleaned(text)
    for kind in Format:
        file = io.BytesIO()
        write_table(file, kind, ["phone", "text"], [[OLENA, stored_text]])
        (record,) = stage(files.read(file), io.BytesIO()).records()
        assert record.attributes.get("text", "") == stored_text  # type: ignore[union-attr]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", Format)
def test_messages_come_with_state_codes_and_times(kind: Format, make_message: Callable[..., Message]) -> None:
    olena = Recipient.objects.create(phone=OLENA, name="Олена")
    message = make_message(text="=1+1\nдалі", recipient=olena)
    Message.objects.filter(pk=message.pk).update(state="failed", status_code=208, accepted_at=timezone.now())
    file = io.BytesIO()
    export_messages(Message.objects.all(), file, kind)
    table = files.read(file)
    (row,) = files.values(table)
    told = dict(zip((column.title for column in table.columns), row, strict=True))
    assert {key: told[key] for key in ("Name", "Text", "Status", "Our ID")} == {
        "Name": "Олена",
        "Text": "'=1+1\nдалі",
        "Status": "failed",
        "Our ID": str(message.reference),
    }
    assert str(told["Code"]) == "208"
    assert told["Accepted at"]
