"""Detect a text's encoding: by its byte order mark, by its zero bytes, or by which decodes most of it."""

import codecs
import re
from dataclasses import dataclass
from typing import IO, Final

from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError

SAMPLE_BYTES: Final = 64 * 1024
STRAY_CONTROLS: Final = 8
"""The control characters tolerated in a text; beyond this, more than one in a hundred bytes means it is not text."""
NOT_CONTROLS: Final = b"\t\n\r\x0b\x0c\x1a\x1b" + bytes(range(32, 256))
BOMS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    # Before UTF-16, because its mark begins with that of UTF-16.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
MOSTLY: Final = 3
"""The least valid letters for each invalid byte; in windows-1251 read as UTF-8, hardly any letter is valid."""
BAD_BYTE: Final = re.compile("[\ud800-\udfff]")
"""The character that stands for an invalid byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """A text's encoding, and whether some of its bytes are invalid in it."""

    name: str
    has_bad_bytes: bool = False

    @property
    def errors(self) -> str:
        """The error handler for reading the text; invalid bytes are kept recognizable if there are any."""
        return "surrogateescape" if self.has_bad_bytes else "strict"


def encoding_of(file: IO[bytes]) -> Encoding:
    """Return the encoding of ``file``; raise SpreadsheetError if it is unknown, or the file is not text."""
    file.seek(0)
    sample = file.read(SAMPLE_BYTES)
    marked = next((name for bom, name in BOMS.items() if sample.startswith(bom)), None) or utf_16_of(sample)
    controls = len(sample.translate(None, delete=NOT_CONTROLS))
    if marked is None and controls > max(STRAY_CONTROLS, len(sample) // 100):
        raise SpreadsheetError(FileProblem.FORMAT)
    for name in [marked] if marked else ["utf-8", "windows-1251"]:
        if found := read_as(file, name):
            return found
    raise SpreadsheetError(FileProblem.ENCODING)


def utf_16_of(sample: bytes) -> str | None:
    """Recognize UTF-16 without a mark by the zeros in every second byte of digits and separators."""
    zeros_after, zeros_before = sample[1::2].count(0), sample[::2].count(0)
    if max(zeros_after, zeros_before) * 10 < len(sample) or min(zeros_after, zeros_before) * 5 > len(sample):
        return None
    return "utf-16-le" if zeros_after > zeros_before else "utf-16-be"


def read_as(file: IO[bytes], name: str) -> Encoding | None:
    """Return the encoding with this name if most of ``file`` is valid in it, else None."""
    good, bad = letters_as(file, name)
    return None if bad * MOSTLY > good else Encoding(name=name, has_bad_bytes=bad > 0)


def letters_as(file: IO[bytes], name: str) -> tuple[int, int]:
    """Count the valid non-ASCII letters in an encoding, and the invalid bytes."""
    file.seek(0)
    is_bytewise = not name.startswith(("utf-16", "utf-32"))
    decoder = codecs.getincrementaldecoder(name)("surrogateescape" if is_bytewise else "strict")
    good = bad = 0
    try:
        while chunk := file.read(SAMPLE_BYTES):
            text = decoder.decode(chunk)
            if not text.isascii():
                wrong = len(BAD_BYTE.findall(text))
                good += len(text) - len(text.encode("ascii", "ignore")) - wrong
                bad += wrong
        bad += len(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        return 0, 1
    return good, bad
