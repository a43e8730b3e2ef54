"""The commands ``status`` and ``delete``. Source: docs/api/xml/status.md, docs/api/xml/delete.md."""

from viber_messaging.gateway.codes import MessageCode
from viber_messaging.sandbox.ledger.clock import Clock
from viber_messaging.sandbox.ledger.ledger import Book
from viber_messaging.sandbox.ledger.messages import AcceptedMessage
from viber_messaging.sandbox.wire.parser import Item, read_integer
from viber_messaging.sandbox.wire.responses import Result


def answer_status(item: Item, book: Book, clock: Clock) -> Result:
    """Return the status of a message; 201 if it is not in the book."""
    message = _find(item, book)
    return _row(message, book, clock) if message else _unknown(item)


def answer_delete(item: Item, book: Book, clock: Clock) -> Result:
    """Delete a message (104) if it has not gone to the operator yet, else answer 211; 201 if it is not in the book."""
    message = _find(item, book)
    if message is None:
        return _unknown(item)
    if book.delete(message, clock()):
        return _row(book.accepted[message.id], book, clock)
    code = str(int(MessageCode.ERR_DELETE))
    return Result(id=str(message.id), number=str(message.msg_id), sms_count=str(message.sms_count), code=code)


def _find(item: Item, book: Book) -> AcceptedMessage | None:
    return book.find(id=item.id, msg_id=read_integer(item.attributes.get("sms_id", "")))


def _unknown(item: Item) -> Result:
    asked = item.attributes
    return Result(id=asked.get("id", ""), number=asked.get("sms_id", ""), code=str(int(MessageCode.ERR_ID)))


def _row(message: AcceptedMessage, book: Book, clock: Clock) -> Result:
    status = book.status(message, clock())
    return Result(
        id=str(message.id),
        number=str(message.msg_id),
        sms_count=str(message.sms_count),
        date_completed=clock.write(status.since) if status.is_final else "",
        code=str(int(status.code)),
    )
