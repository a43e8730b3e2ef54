"""Answers as strategies for Hypothesis: well-formed, but otherwise as odd as a gateway or a proxy can make them."""

from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

IDS = (1234, 4321, 7)
"""The IDs that the answers are about, among others."""

OFTEN_A_NUMBER = st.sampled_from(["1", "102", "208", "0"])
DIGITS = st.text("0123456789-+ ._eE\u00a0\u0663", max_size=12)
ODD = ["", " ", "-1", "+1", "--1", "0201", "1.0", "1_0", "1e3", "1 OK", "\u0663", "9" * 9, "9" * 10, "9" * 5000, "NaN"]
WORDS = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"]), max_size=8)
NUMBERS = OFTEN_A_NUMBER | st.sampled_from(ODD) | st.integers(-300, 300).map(str) | DIGITS | WORDS

KNOWN_IDS = st.sampled_from([*map(str, IDS), "01234", "7"])
STRANGE_IDS = st.sampled_from(["", "abc", "-7", "+7", "7_0", "7.0", "\u0667", "99999", "9" * 30, "1234,4321"])
SAID_IDS = KNOWN_IDS | KNOWN_IDS | STRANGE_IDS

DAYS = ["2024-11-11", "2024-02-30", "2024-10-27", "2024-13-01", "1999-12-31", "2099-12-31", "2100-01-01", "0000-00-00"]
CLOCKS = ["", "T12:00:00", " 12:00:00", "T03:30", "T23:59:59", "T25:00:00", "T12:61", "T12:00:00Z", "T12:00:00+05:30"]
TIMES = st.tuples(st.sampled_from(DAYS), st.sampled_from(CLOCKS)).map("".join) | WORDS
SPACE = st.sampled_from(["", "", "", " ", "\n    ", "\t", "\r\n"])
NOISE = st.sampled_from(["", "", "", "", "<!-- 1 -->", "<x/>", "<note>1</note>", "<?php echo 1 ?>"])


def in_references(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


def in_hexadecimal(text: str) -> str:
    return "".join(f"&#x{ord(character):x};" for character in text)


def in_sections(text: str) -> str:
    return "".join(f"<![CDATA[{character}]]>" for character in text)


def cut_by_a_comment(text: str) -> str:
    return f"{escape(text[:1])}<!-- 9 -->{escape(text[1:])}"


SPELLINGS = st.sampled_from([escape, escape, escape, in_references, in_hexadecimal, in_sections, cut_by_a_comment])


def spelled(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Write texts in any of the ways that XML has, with white space and other elements around them."""
    parts = st.tuples(SPACE, NOISE, st.builds(lambda spell, text: spell(text), SPELLINGS, texts), NOISE, SPACE)
    return parts.map("".join)


def element(names: str | st.SearchStrategy[str], inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.just(names) if isinstance(names, str) else names
    return st.builds(lambda name, inside: f"<{name}>{inside}</{name}>", names, inside)


def several(parts: st.SearchStrategy[str], most: int) -> st.SearchStrategy[str]:
    """Write up to so many parts, with white space and other elements between them."""
    return st.lists(st.tuples(SPACE, NOISE, parts).map("".join), max_size=most).map("".join)


def attribute(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Write an attribute, or leave it out; white space in it may be written as references."""
    padded = st.tuples(SPACE, values, SPACE).map("".join)
    written = padded.map(lambda value: f" {name}={quoteattr(value)}")
    in_numbers = padded.map(lambda value: f" {name}='{in_references(value)}'")
    return st.just("") | written | written | in_numbers


MSG = st.builds(
    lambda attributes, inside: f"<msg{''.join(attributes)}>{inside}</msg>",
    st.tuples(
        attribute("id", SAID_IDS),
        attribute("msg_id", NUMBERS),
        attribute("sms_id", NUMBERS),
        attribute("sms_count", NUMBERS),
        attribute("date_completed", TIMES),
    ),
    spelled(NUMBERS),
)
WRAPPERS = st.sampled_from(["message-viber", "message", "status", "delete", "other"])
CURRENCY = element("currency", spelled(st.sampled_from(["UAH", "", "\u20b4"])))
AMOUNTS = st.sampled_from(["10.526", "-3", "5.0E-5", "1,5", ".5", "5.", "1e99", "1e100", "9" * 19]) | NUMBERS
BALANCE = element("balance", several(element("amount", spelled(AMOUNTS)) | spelled(AMOUNTS) | CURRENCY, most=3))
PARTS = (
    element(WRAPPERS, several(MSG, most=4))
    | element(WRAPPERS, several(MSG, most=4))
    | element("error", spelled(NUMBERS))
    | BALANCE
    | CURRENCY
)
DECLARATIONS = ["", "\n", '<?xml version="1.0"?>', "<?xml version='1.0' encoding='utf-8' ?>\r\n", "\ufeff"]
IN_UTF_8 = st.builds(
    lambda declaration, mark, inside: f"{declaration}<package{mark}>{inside}</package>\n".encode(),
    st.sampled_from(DECLARATIONS),
    st.sampled_from(["", "", ' xmlns="urn:x"', " id='1'"]),
    several(PARTS, most=4),
)
ANSWERS = IN_UTF_8 | several(PARTS, most=3).map(lambda inside: f"<package>{inside}</package>".encode("utf-16"))
"""The bytes of answers."""
