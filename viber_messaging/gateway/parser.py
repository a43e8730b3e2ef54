"""Parse bytes to elements. What the gateway, or a proxy in front of it, sends is untrusted."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from viber_messaging.gateway.errors import OutcomeUnknown
from viber_messaging.gateway.masks import HiddenBytes, forget_details

_UNREADABLE = (ParseError, DefusedXmlException, LookupError, ValueError, RecursionError)
"""LookupError: an unknown encoding. ValueError: one that the parser does not support, such as utf-7."""


def parse_package(body: bytes) -> Element:
    """Return the ``<package>`` of an answer; raise OutcomeUnknown for anything else, including hostile documents."""
    body = HiddenBytes(body)
    try:
        root = _parse(body)
    except _UNREADABLE as error:
        forget_details(error)
        raise OutcomeUnknown("The answer cannot be read as XML.") from error
    if local_name(root) != "package":
        raise OutcomeUnknown("The answer is XML, but not in the gateway's format.")
    return root


def children(element: Element, names: Iterable[str]) -> Iterator[Element]:
    """Yield the children with one of these names, whatever their namespace."""
    return (child for child in element if child.tag in names or local_name(child) in names)


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def own_text(element: Element) -> str:
    """Return an element's text before, between and after its children, so that half a code is never read as a code."""
    if not len(element):
        return element.text or ""
    return "".join([element.text or "", *(child.tail or "" for child in element)])


def _parse(body: bytes) -> Element:
    body = body.lstrip().removeprefix(BOM_UTF8).lstrip()
    try:
        return _read(body)
    except ParseError:
        if _is_utf8(body):
            raise
    return _read(body.decode("cp1251"))  # the gateway's older pages were seen without a declared encoding


def _read(document: bytes | str) -> Element:
    root: Element = fromstring(document, forbid_dtd=True)
    return root


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
