"""Text tables as programs write them, and broken ones."""

from collections.abc import Callable, Mapping
from functools import partial

ROWS = (
    'Телефон;Ім\'я;Місто\r\n0971234567;Їжакевич Олена;Київ\r\n+38 (050) 123-45-67;"Іван ""Ко""";"Львів;\r\nРинок"\r\n'
)
MESSAGES = (
    "phone;text;type;button;url;image;time;sender\n"
    "0971234567;Привіт;button;Далі;https://a.b;https://a.b/c.png;27.11.2026 10:00;S\n"
    "0971234567;Привіт;текст;;;;2026-11-27T10:00;SMSTest\n"
    "0971234567;;image;;;https://a.b/c.png;soon;\n"
    "0971234567;Привіт;;Далі;;;;SMSTest\n"
)


def encoded(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding)


TABLES: Mapping[str, Callable[[], bytes]] = {
    "excel.csv": partial(encoded, ROWS, "utf-8-sig"),
    "excel-declared.csv": partial(encoded, "sep=;\r\n" + ROWS),
    "excel-unicode-text.csv": partial(encoded, ROWS.replace(";", "\t"), "utf-16"),
    "1c.csv": partial(encoded, ROWS, "windows-1251"),
    "google.csv": partial(encoded, ROWS.replace(";", ",").replace("\r\n", "\n")),
    "numbers.csv": partial(encoded, "Table 1,,\nPhone,Name,\n3.80971E+11,Olena,\n380971234567.0,Ivan,x\n"),
    "libreoffice-tabs.csv": partial(encoded, ROWS.replace(";", "\t").replace("\r\n", "\r")),
    "bars.csv": partial(encoded, ROWS.replace(";", "|"), "utf-16-be"),
    "one-column.csv": partial(encoded, "0971234567\n097 123 45 68\n\n044 123 45 67\n380971234567,00\n"),
    "messages.csv": partial(encoded, MESSAGES),
    "wrong-rows.csv": partial(encoded, "phone;name;Рядок;Що не так\n0971;a;2;Закороткий\n"),
    "formulas.csv": partial(encoded, "phone;name\n'+380971234567;'=1+1\n=+380501234567;@a\n-0671234567;\"'\t=x\"\n"),
    "broken-quotes.csv": partial(encoded, 'phone;name\n0971234567;"a"b"\n0501234567;"c\n"0671234567" ;d" \n'),
    "broken-letters.csv": lambda: ("phone;name\n0971234567;" + "Їжак" * 9).encode() + b"\x98\xff\n0501234567;a\n",
    "broken-ragged.csv": partial(encoded, "phone;name\n0971234567;a;b;c\n;\n0501234567\n"),
    "broken-zeros.csv": lambda: b"phone;name\n0971234567;a\0b\x1a\n\x0b\x0c\x1c\x85;\n",
    "broken-headings.csv": partial(encoded, "phone;phone\n0971234567;a\n"),
    "no-rows.csv": partial(encoded, "phone;name\n"),
    "a-page.csv": partial(encoded, "\ufeff\n<!DOCTYPE html><table><tr><td>phone</td></tr></table>"),
    "empty.csv": lambda: b"",
}
