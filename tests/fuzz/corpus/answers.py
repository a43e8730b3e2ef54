"""Answers that the golden files lack: odd ones of the gateway, and those of something else at its address."""

from collections.abc import Callable, Mapping
from functools import partial

SENT = (
    '<package><message-viber><msg id="1234" msg_id="5">1</msg><msg id="4321" msg_id="0">203</msg></message-viber>'
    "</package>"
)
MIXED = """<v:package xmlns:v="urn:x"> <!-- c --> <v:status><v:msg id=" 01234 " sms_id=" 7f-3A " sms_count="2"
date_completed="2024-11-11T12:00:00"><![CDATA[10]]>2</v:msg><v:msg id="1234">&#49;02<x/></v:msg></v:status><v:error> 212
</v:error><v:balance><v:currency>UAH</v:currency>10.5e-1</v:balance><v:other/></v:package>"""
DECLARED = '<?xml version="1.0" encoding="{}"?>'
NOTE = "<package><note>Привіт</note></package>"


def encoded(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding)


ANSWERS: Mapping[str, Callable[[], bytes]] = {
    "sent.xml": partial(encoded, SENT),
    "mixed.xml": partial(encoded, MIXED),
    "a-mark.xml": partial(encoded, "\ufeff\n" + SENT),
    "utf-16.xml": partial(encoded, SENT, "utf-16"),
    "windows-1251.xml": partial(encoded, NOTE, "windows-1251"),
    "declared-windows-1251.xml": partial(
        encoded, '<?xml version="1.0" encoding="windows-1251"?>' + NOTE, "windows-1251"
    ),
    "utf-7.xml": partial(encoded, DECLARED.format("utf-7") + SENT),
    "entities.xml": partial(encoded, '<!DOCTYPE package [<!ENTITY x "1">]>' + SENT),
    "cut.xml": partial(encoded, SENT[:70]),
    "twice.xml": partial(encoded, SENT + SENT),
    "a-page.html": partial(encoded, "<!doctype html><html><body>Please log in, +380971234567 canary-key</body></html>"),
    "a-refusal.json": partial(
        encoded, '{"error": "\\u041f\\u0440\\u0438\\u0432\\u0456\\u0442", "phone": "%2B380971234567"}'
    ),
    "a-date.txt": partial(encoded, "Fri, 31 Dec 9999 23:59:59 GMT"),
    "seconds.txt": partial(encoded, "1e12"),
    "empty.txt": lambda: b"",
}
