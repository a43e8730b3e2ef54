"""The headings that people use, in Ukrainian, English and Russian, and their roles."""

import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a column contains; any other column is kept under its own heading."""

    PHONE = "phone"
    NAME = "name"
    TEXT = "text"
    SENDER = "sender"
    TYPE = "type"
    IMAGE = "image"
    BUTTON = "button"
    URL = "url"
    SCHEDULED_AT = "scheduled_at"


RECIPIENT_ROLES: Final = frozenset({Role.PHONE, Role.NAME})
MESSAGE_ROLES: Final = frozenset(Role) - {Role.NAME}

HEADINGS: Final[Mapping[Role, str]] = {
    Role.PHONE: """
        phone; phones; phone number; phone no; mobile; mobile phone; mobile number; cell; cell phone; cellphone;
        telephone; telephone number; tel; tel no; msisdn; number; viber; viber number; contact phone;
        phone 1 value
        телефон; телефони; номер телефону; no телефону; мобільний; мобільний телефон; номер мобільного;
        мобільний номер; моб; моб тел; моб телефон; тел; тел моб; телефон мобільний; номер; номер тел; вайбер;
        номер вайбер; контактний телефон; телефон клієнта; номер клієнта
        телефоны; номер телефона; no телефона; мобильный; мобильный телефон; номер мобильного; мобильный номер;
        телефон мобильный; контактный телефон; телефон клиента; номер клиента""",
    Role.NAME: """
        name; full name; fullname; first name; firstname; client; client name; customer; customer name; recipient
        імя; імена; повне імя; імя клієнта; імя та прізвище; прізвище та імя; прізвище імя; піб; піб клієнта; клієнт;
        отримувач; прізвище імя по батькові
        имя; имена; полное имя; имя клиента; имя и фамилия; фамилия и имя; фамилия имя; фио; фио клиента; клиент;
        получатель; фамилия имя отчество""",
    Role.TEXT: """
        text; message; message text; body; текст; повідомлення; текст повідомлення; сообщение; текст сообщения""",
    Role.SENDER: """
        sender; sender name; from; alpha name; alphaname; відправник; імя відправника; підпис; альфа імя; альфаімя
        отправитель; имя отправителя; подпись; альфа имя; альфаимя""",
    Role.TYPE: """
        type; kind; message type; тип; вид; тип повідомлення; тип сообщения""",
    Role.IMAGE: """
        image; picture; image url; image link; picture url; зображення; картинка; посилання на картинку;
        посилання на зображення; фото; изображение; ссылка на картинку; ссылка на изображение""",
    Role.BUTTON: """
        button; caption; button text; button caption; кнопка; текст кнопки; напис на кнопці; надпись на кнопке""",
    Role.URL: """
        url; link; button url; button link; посилання; лінк; адреса; посилання кнопки; ссылка; адрес; ссылка кнопки""",
    Role.SCHEDULED_AT: """
        scheduled at; scheduled; schedule; send at; time; date; when; час; дата; дата і час; час надсилання;
        час відправлення; дата надсилання; дата відправлення; коли; заплановано на; запланировано; время;
        дата и время; время отправки; дата отправки; когда""",
}

REMARKS: Final = (("Row", "What is wrong"), ("Рядок", "Що не так"))
"""The last two headings in a download of wrong rows; they are ignored when the file is uploaded again."""
FOLDED_LENGTH: Final = 200
"""The characters of a heading that are read: each may fold into eighteen."""


def fold(heading: object) -> str:
    """Return ``heading`` without the differences that do not matter: case, spaces, punctuation, apostrophes."""
    short = str(heading or "")[:FOLDED_LENGTH]
    text = unicodedata.normalize("NFKC", short).casefold().translate(SAME)
    return "".join(filter(str.isalnum, text))


SAME: Final = {ord(mark): None for mark in "'’‘ʼ′`´\"\u00ad\u200b\ufeff"} | {ord("ё"): "е"}
MEANINGS: Final[Mapping[str, Role]] = {
    fold(heading): role
    for role, headings in HEADINGS.items()
    for heading in headings.replace("\n", ";").split(";")
    if heading.strip()
}


def role_of(heading: object, allowed: frozenset[Role]) -> Role | None:
    """Return the role of a heading, None if it has none that is allowed."""
    role = MEANINGS.get(fold(heading))
    return role if role in allowed else None


def remarks_in(headings: Sequence[object]) -> int:
    """Return how many columns at the end only say what was wrong: two, one if the other was deleted, or none."""
    number, reason = ["", "", *map(fold, headings)][-2:]
    pairs = {fold(wrong): fold(row) for row, wrong in REMARKS}
    if reason not in pairs:
        return 0
    return 2 if pairs[reason] == number else 1
