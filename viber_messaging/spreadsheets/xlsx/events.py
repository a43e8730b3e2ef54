"""XML read piece by piece, with nothing kept and no document type allowed."""

from collections.abc import Iterator
from contextlib import contextmanager
from lzma import LZMAError
from typing import IO, Any, NoReturn
from xml.parsers import expat
from zipfile import BadZipFile
from zlib import error as ZlibError

from viber_messaging.spreadsheets.errors import FileProblem, SpreadsheetError

CHUNK_BYTES = 64 * 1024

BROKEN = (BadZipFile, ZlibError, LZMAError, EOFError, expat.ExpatError, NotImplementedError, RuntimeError)
WRONG = (LookupError, ValueError, OverflowError, TypeError)


class Handler:
    """Hears of elements by their names without a prefix."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, data: str) -> None:
        """Take a piece of text."""


def pieces(stream: IO[bytes], handler: Handler) -> Iterator[None]:
    """Feed ``stream`` to ``handler`` and stop after each piece of it; raise ExpatError, or SpreadsheetError at a DTD."""
    parser = parser_for(handler)
    while chunk := stream.read(CHUNK_BYTES):
        parser.Parse(chunk)
        yield
    parser.Parse(b"", True)
    yield


def parse(stream: IO[bytes], handler: Handler) -> None:
    """Feed the whole of ``stream`` to ``handler``."""
    for _piece in pieces(stream, handler):
        pass


def parser_for(handler: Handler) -> expat.XMLParserType:
    """Return a parser that calls ``handler`` and refuses documents that declare entities."""
    # With namespaces on, expat writes "namespace name", separated by this character, which no name can hold.
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: handler.start(name.rpartition("\n")[2], attributes)
    parser.EndElementHandler = lambda name: handler.end(name.rpartition("\n")[2])
    parser.CharacterDataHandler = handler.text
    return parser


def refuse(*declaration: Any) -> NoReturn:
    """Refuse a document type: no workbook has one, and entities are only ever declared in it."""
    raise SpreadsheetError(FileProblem.DAMAGED)


@contextmanager
def damage_told() -> Iterator[None]:
    """Turn whatever a broken archive or document raises into one sentence."""
    try:
        yield
    except SpreadsheetError:
        raise
    except (*BROKEN, *WRONG) as error:
        raise SpreadsheetError(FileProblem.DAMAGED) from error
