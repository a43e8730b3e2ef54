"""Short texts: phones, texts with placeholders, addresses of the admin."""

from collections.abc import Callable, Mapping
from functools import partial

USUAL = """+380971234567
0971234567
971234567
80971234567
380971234567.0
+38 (097) 123-45-67
00380971234567
tel:+380971234567
p:+380971234567
'=+380971234567
+1 415 555 2671
\uff0b\uff13\uff18\uff10 \u0669\u0667 123\u00a045\u200b67"""
WRONG = """3.80971E+11
0971234567 / 0501234567
0971234567 доб. 5
096O123456
044 123 45 67
911
27.11.2026
12/11/2026
немає
nan
1e308
-5
\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2
+999123456789012
+380971234567+380501234567"""

TEXTS = {
    "filled": "name\nПривіт, {name}! Знижка {sum} {{лише}} сьогодні, {ім’я|друже}.",
    "a-column-with-a-stop": "дата нар.\n{дата нар.} {ДАТА  НАР.}",
    "defaults": "x\n{name| or | other }{name|}{x}",
    "stray-braces": "x\n{name} } {",
    "attributes": "x\n{0.__class__} {name!r} {name:>10}",
    "nothing": "x\n{} { }",
    "marks": "e\u0301\n{\u00e9} {E\u0301} {№ ’ %&/+-}",
    "braces-only": "x\n{{{name}}}}}{{",
}
ADDRESSES = {
    "messages": "message_changelist?state__exact=queued&sender=SMSTest&code=102&campaign=1&o=-1.2&p=0",
    "days": "message_changelist?day=7&from=2026-11-01&to=9999-12-31",
    "a-search": "message_changelist?q=097+123-45-67&all=",
    "a-forgotten-search": "message_changelist?q=~abcdefghijklmnopabcd",
    "large-numbers": "message_changelist?campaign=99999999999999999999&code=-1&p=99999999999&o=9.-9.x",
    "no-numbers": "message_changelist?code=abc&campaign=x&day=y&from=2026-02-30&to=z&state__exact=nope&p=a&o=b",
    "no-days": "message_changelist?from=2026-02-30&to=z",
    "no-report": "message_report?first=2026-11-30&last=2026-11-01&campaign=x&as=pdf",
    "other-lookups": "message_changelist?text__regex=a&campaign__name=b&pk__in=1,2&id__exact=x",
    "bytes": "message_changelist?sender=%00%FF%ED%A0%80&q=%D0%9E%22%27%3C%7B%25",
    "people": "recipient_changelist?groups__id__exact=1&opted_out=yes&q=%D0%BE%D0%BB%D0%B5%D0%BD%D0%B0+4567",
    "groups": "recipientgroup_changelist?o=1&q=Spring&e=1",
    "campaigns": "campaign_changelist?state__exact=draft&q=Spring",
    "attempts": "sendattempt_changelist?outcome__exact=unknown&q=%2B380971234567",
    "consent": "consentchange_changelist?q=0971234567&source=admin",
    "a-new-message": "message_add?phone=0971234567&text=a&scheduled_at=2026-11-27&copy=1&_popup=1",
    "a-new-campaign": "campaign_add?groups=1,2,x&copy=99999999999999999999&sender=SMSTest",
    "a-new-person": "recipient_add?phone=x&attributes=%7B%7D&groups=1&_to_field=id",
    "a-report": "message_report?first=2026-11-01&last=2026-11-30&sender=SMSTest&campaign=1",
    "a-report-file": "message_report?first=2026-11-01&last=2026-11-30&as=csv",
}


def encoded(text: str) -> bytes:
    return text.encode()


def as_files(texts: Mapping[str, str]) -> dict[str, Callable[[], bytes]]:
    return {f"{name}.txt": partial(encoded, text) for name, text in texts.items()}


PHONES = as_files({"usual": USUAL, "wrong": WRONG})
PLACEHOLDERS = as_files(TEXTS)
QUERIES = as_files(ADDRESSES)
