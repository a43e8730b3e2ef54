"""Phones: as people and spreadsheets write them, and why some are refused."""

import datetime
import pickle
from decimal import Decimal

import phonenumbers
import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from viber_messaging.text.phones import MESSAGES, PhoneError, PhoneProblem, normalize, spaced

PHONE = "+380971234567"

SPELLINGS = [
    "+380971234567",
    "0971234567",
    "971234567",
    "380971234567",
    380971234567,
    971234567,
    80971234567,
    380971234567.0,
    3.80971234567e11,
    "380971234567.0",
    "380971234567,00",
    "+38 (097) 123-45-67",
    "+(380) 97 123-45-67",
    "+380 (0)97 123 45 67",
    "38 097 123 45 67",
    "(097) 123-45-67",
    "097-123-45-67",
    "097.123.45.67",
    "097\N{EN DASH}123\N{NON-BREAKING HYPHEN}45\N{MINUS SIGN}67",
    "00380971234567",
    "00 38 097 123 45 67",
    "80971234567",
    "8-097-123-45-67",
    "  0971234567\t\r\n",
    "٠٩٧١٢٣٤٥٦٧",
    "＋３８０９７１２３４５６７",
    "+380\xa097\xa0123\u202f45\u200967",
    "\ufeff+380\u200b97123\xad4567",
    "\u200f\u202a+380971234567\u202c",
    "'+380971234567",
    "'0971234567",
    "=+380971234567",
    '="+380971234567"',
    '"0971234567"',
    "p:+380971234567",
    "P: 0971234567",
    "tel:+380-97-123-45-67",
    " " * 100_000 + "0971234567",
]

REFUSED = [
    ("3.80971E+11", PhoneProblem.SHORTENED),
    ("3,80971E+11", PhoneProblem.SHORTENED),
    ("4E+11", PhoneProblem.SHORTENED),
    (1.5, PhoneProblem.FRACTION),
    ("0971234567, 0501234567", PhoneProblem.SEVERAL),
    ("0971234567\n0501234567", PhoneProblem.SEVERAL),
    ("+380971234567 +380501234567", PhoneProblem.SEVERAL),
    ("0971234567;0501234567", PhoneProblem.SEVERAL),
    ("1234567/8", PhoneProblem.SEVERAL),
    ("0971234567/8", PhoneProblem.SEVERAL),
    ("0971234567 0501234567", PhoneProblem.LONG),
    ("0971234567 ext. 5", PhoneProblem.EXTENSION),
    ("0971234567;ext=5", PhoneProblem.EXTENSION),
    ("0971234567 доб. 5", PhoneProblem.EXTENSION),
    ("0971234567x5", PhoneProblem.EXTENSION),
    ("0971234567 #5", PhoneProblem.EXTENSION),
    ("096O123456", PhoneProblem.LETTERS),
    ("О961234567", PhoneProblem.LETTERS),
    ("0971234567 Олена", PhoneProblem.LETTERS),
    ("097①234567", PhoneProblem.CHARACTERS),
    ("*111#", PhoneProblem.CHARACTERS),
    ("097_123_45_67", PhoneProblem.CHARACTERS),
    ("-380971234567", PhoneProblem.CHARACTERS),
    ("Олена", PhoneProblem.NO_PHONE),
    ("#N/A", PhoneProblem.NO_PHONE),
    (True, PhoneProblem.NO_PHONE),
    (False, PhoneProblem.NO_PHONE),
    (b"0971234567", PhoneProblem.NO_PHONE),
    ([], PhoneProblem.NO_PHONE),
    (datetime.date(2026, 1, 1), PhoneProblem.DATE),
    (datetime.datetime(2026, 1, 1, 12), PhoneProblem.DATE),
    (datetime.time(12), PhoneProblem.DATE),
    (datetime.timedelta(1), PhoneProblem.DATE),
    ("11/23/2026", PhoneProblem.DATE),
    ("2026/11/23", PhoneProblem.DATE),
    ("911", PhoneProblem.SHORT),
    (911, PhoneProblem.SHORT),
    ("+38097", PhoneProblem.SHORT),
    ("0441234567", PhoneProblem.LANDLINE),
    ("+380441234567", PhoneProblem.LANDLINE),
    (380441234567, PhoneProblem.LANDLINE),
    ("+49 30 123456", PhoneProblem.LANDLINE),
    ("+380800123456", PhoneProblem.NOT_MOBILE),
    ("097123456", PhoneProblem.SHORT),
    ("097 123 4", PhoneProblem.SHORT),
    ("09712345678", PhoneProblem.INVALID),
    ("+3809712345670", PhoneProblem.INVALID),
    ("0380971234567", PhoneProblem.INVALID),
    ("+0971234567", PhoneProblem.INVALID),
    ("79161234567", PhoneProblem.INVALID),
    ("+999123456789", PhoneProblem.INVALID),
    (-380971234567, PhoneProblem.INVALID),
    (0, PhoneProblem.INVALID),
    (float("inf"), PhoneProblem.LONG),
    (10**400, PhoneProblem.LONG),
    ("9" * 64, PhoneProblem.LONG),
    ("9" * 65, PhoneProblem.OVERLONG),
    ("1" + " " * 100_000 + "z", PhoneProblem.OVERLONG),
    ("p:", PhoneProblem.EMPTY),
    ("p:p:0971234567", PhoneProblem.LETTERS),
]

BLANK = [
    None,
    "",
    "   ",
    "\xa0\u200b\ufeff",
    "-",
    "—",
    "--",
    "?",
    "+",
    "'",
    "немає",
    " Немає ",
    "n/a",
    "NULL",
    float("nan"),
]


@pytest.mark.parametrize("value", SPELLINGS)
def test_a_phone_is_read_as_people_and_spreadsheets_write_it(value: object) -> None:
    assert normalize(value) == PHONE


@pytest.mark.parametrize(("value", "problem"), REFUSED, ids=lambda value: repr(value)[:30] if value != 10**400 else "")
def test_what_is_no_mobile_phone_is_refused_with_the_reason(value: object, problem: PhoneProblem) -> None:
    with pytest.raises(PhoneError) as raised:
        normalize(value)
    assert raised.value.code == problem


@pytest.mark.parametrize("value", BLANK)
def test_a_blank_cell_is_told_from_a_wrong_one(value: object) -> None:
    with pytest.raises(PhoneError) as raised:
        normalize(value)
    assert raised.value.code == "empty"


@pytest.mark.parametrize("phone", ["+79161234567", "+14155552671", "+48501234567", "+447400123456", "+4915123456789"])
def test_a_foreign_phone_with_its_country_code_is_accepted(phone: str) -> None:
    assert normalize(phone) == phone
    assert normalize(phone.replace("+", "00")) == phone
    assert normalize(f"{phone[:3]} ({phone[3:6]}) {phone[6:9]}-{phone[9:]}") == phone


@pytest.mark.parametrize("phone", ["+380971234567", "+380501234567", "+380990000001", "+380990000999"])
def test_the_phones_of_the_documents_and_of_the_sandbox_pass(phone: str) -> None:
    assert normalize(phone) == phone


def test_a_phone_without_a_country_code_is_of_the_region() -> None:
    assert normalize("501 234 567", "PL") == "+48501234567"
    assert normalize("0971234567", "UA") == PHONE


@pytest.mark.parametrize("region", ["PL", "UA", "US"])
def test_a_country_code_outweighs_the_region(region: str) -> None:
    assert normalize("+38 097 123 45 67", region) == PHONE
    assert normalize("0038 097 123 45 67", region) == PHONE


def test_the_ukrainian_spellings_are_not_tried_on_other_regions() -> None:
    with pytest.raises(PhoneError):
        normalize("80971234567", "PL")


def test_an_unknown_region_is_no_traceback() -> None:
    with pytest.raises(PhoneError):
        normalize("0971234567", "nowhere")


def test_every_problem_has_a_sentence() -> None:
    assert set(MESSAGES) == set(PhoneProblem)
    assert len({str(message) for message in MESSAGES.values()}) == len(PhoneProblem)


@pytest.mark.parametrize("problem", PhoneProblem)
def test_a_sentence_is_one_and_says_what_to_do(problem: PhoneProblem) -> None:
    with override("en"):
        sentence = str(PhoneError(problem))
    assert sentence.endswith(".")
    assert sentence.count(". ") == 0
    assert any(word in sentence for word in ("enter", "leave", "check"))


def test_the_sentence_does_not_repeat_the_phone() -> None:
    with pytest.raises(PhoneError) as raised:
        normalize("096O123456")
    assert "123456" not in f"{raised.value} {raised.value!r}"


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.binary(),
    st.text(),
    st.text(alphabet="0123456789+-() .,/;'=eExO٣３\xa0\u200b\n", max_size=24),
    st.from_regex(r"(\+?3?8)?0[0-9]{9}", fullmatch=True),
    st.builds(Decimal, st.integers()),
)


@given(CELLS, st.sampled_from(["UA", "PL", "US", "IT"]))
@settings(deadline=None)
def test_whatever_a_cell_holds_it_is_a_phone_or_a_reason(cell: object, region: str) -> None:
    try:
        phone = normalize(cell, region)
    except PhoneError:
        return
    assert normalize(phone, region) == phone
    assert phonenumbers.is_valid_number(phonenumbers.parse(phone))


OPERATORS = ["50", "63", "66", "67", "68", "73", "91", "92", "93", "94", "95", "96", "97", "98", "99"]


@given(st.sampled_from(OPERATORS), st.from_regex(r"[0-9]{7}", fullmatch=True))
@settings(deadline=None)
def test_what_is_known_to_be_right_is_right_by_the_tables_too(operator: str, rest: str) -> None:
    number = phonenumbers.parse(f"+380{operator}{rest}")
    assert phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    assert normalize(f"0{operator}{rest}") == f"+380{operator}{rest}"


@pytest.mark.parametrize(
    ("value", "count"),
    [("097 123 45 6", 1), ("097 123 4", 3), ("+380 97 123 45", 2), ("380971234", 0), ("3809712345", 2), ("0971", 6)],
)
def test_a_ukrainian_phone_that_is_too_short_says_how_many_digits_are_missing(value: str, count: int) -> None:
    with pytest.raises(PhoneError) as raised:
        normalize(value)
    assert raised.value.missing == count
    with override("en"):
        assert ("missing" in str(raised.value)) == bool(count)
    assert pickle.loads(pickle.dumps(raised.value)).missing == count


@pytest.mark.parametrize(("value", "region"), [("911", "UA"), ("+4915123", "UA"), ("0971234", "PL")])
def test_digits_are_counted_only_where_all_phones_have_the_same_length(value: str, region: str) -> None:
    with pytest.raises(PhoneError) as raised:
        normalize(value, region)
    assert raised.value.missing == 0


def test_missing_digits_are_told_in_ukrainian_forms() -> None:
    with override("uk"):
        said = [str(PhoneError(PhoneProblem.SHORT, missing=count)) for count in (1, 3, 5)]
    assert len({sentence.split(" ")[0] for sentence in said}) == 1
    assert [sentence.split(" ")[2].strip(";") for sentence in said] == ["цифри", "цифр", "цифр"]


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+380975554433", "+380 97 555 44 33"),
        ("+48512345678", "+48 512 345 678"),
        ("+999000000000001", "+999000000000001"),
        ("", ""),
    ],
)
def test_a_phone_is_shown_in_groups(phone: str, shown: str):
    assert spaced(phone) == shown
