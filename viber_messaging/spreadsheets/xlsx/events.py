"""Parse XML piece by piece, without keeping it, and without allowing a document type."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from lzma import LZMAError
from typing import IO, Any, NoReturn
from xml.parsers import expat
from zipfile import BadZipFile

from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError

CHUNK_BYTES = 64 * 1024
MAX_TOKEN_BYTES = 512 * 1024
"""The limit for a tag with attributes, or a comment; old versions of expat reread unfinished ones with each piece."""

BROKEN = (BadZipFile, zlib.error, LZMAError, EOFError, expat.ExpatError, NotImplementedError, RuntimeError)
WRONG = (LookupError, ValueError, OverflowError, TypeError)


class Handler:
    """Receives events for elements, with names without prefixes."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""

    def end(self, name: str) -> None:
        """Handle the end of an element."""

    def text(self, data: str) -> None:
        """Handle a piece of text."""


def pieces(stream: IO[bytes], handler: Handler) -> Iterator[None]:
    """Feed ``stream`` to ``handler``, yielding after each piece; raise ExpatError, or SpreadsheetError for a DTD."""
    parser = parser_for(handler)
    fed = heard = 0
    while chunk := stream.read(CHUNK_BYTES):
        parser.Parse(chunk)
        fed += len(chunk)
        # It is -1 while a newer expat waits for the rest of a token before parsing again.
        heard = max(heard, parser.CurrentByteIndex)
        if fed - heard > MAX_TOKEN_BYTES:
            raise SpreadsheetError(FileProblem.DAMAGED)
        yield
    parser.Parse(b"", True)
    yield


def parse(stream: IO[bytes], handler: Handler) -> None:
    """Feed the whole of ``stream`` to ``handler``."""
    for _piece in pieces(stream, handler):
        pass


def parser_for(handler: Handler) -> expat.XMLParserType:
    """Return a parser that calls ``handler`` and refuses documents that declare entities."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    if hasattr(parser, "SetReparseDeferralEnabled"):
        parser.SetReparseDeferralEnabled(True)
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = partial(begin, parser, handler)
    parser.CharacterDataHandler = handler.text
    return parser


def begin(parser: expat.XMLParserType, handler: Handler, name: str, attributes: dict[str, str]) -> None:
    """Check the first element: if it has no prefix, the others have none either, and need no check."""
    parser.StartElementHandler, parser.EndElementHandler = handler.start, handler.end
    if ":" in name:
        parser.StartElementHandler = lambda name, attributes: handler.start(name.rpartition(":")[2], attributes)
        parser.EndElementHandler = lambda name: handler.end(name.rpartition(":")[2])
    parser.StartElementHandler(name, attributes)


def refuse(*declaration: Any) -> NoReturn:
    """Refuse a document type, in which entities could be declared; no workbook has one."""
    raise SpreadsheetError(FileProblem.DAMAGED)


@contextmanager
def translate_damage() -> Iterator[None]:
    """Translate whatever a broken archive or document raises to a SpreadsheetError."""
    try:
        yield
    except SpreadsheetError:
        raise
    except (*BROKEN, *WRONG) as error:
        raise SpreadsheetError(FileProblem.DAMAGED) from error
