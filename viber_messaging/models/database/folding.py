"""Names as a search compares them: without case, in one spelling of apostrophes. The database folds them by itself.

So no writer can forget to, not even a statement of the site's own that updates a million rows.
"""

from typing import Any

from django.db.models import CharField, Func, Lookup
from django.db.models.lookups import Contains, StartsWith

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZАБВГҐДЕЁЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
"""Named one by one, because LOWER of a PostgreSQL in the locale "C" knows no case of other alphabets."""
APOSTROPHES = "’ʼ‘`´′"
SPACES = "-–\u00a0\t"
"""What stands between words besides a space."""
WIDE_SPACES = (4, 3, 2, 2)
"""So many spaces become one, in turn: up to sixteen side by side are closed."""

INDEXED_WORDS = 3
"""Words of a name by whose beginning an index finds it: a name has three, and a longer one is found by these."""
LAST_DIGITS = 4
"""Digits at the end of a phone by which an index finds it: what people say when they are asked for theirs."""

INNER_CAPITALS = 8
"""Letters at the beginning of a word of which one more is looked for as a large one, where they are not folded."""

_MARKS: dict[str, str] = {**dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys(SPACES, " ")}


def fold(text: str) -> str:
    """Return a text as the database folds a name."""
    folded = text.lower().translate({ord(mark): plain for mark, plain in _MARKS.items()})
    for width in WIDE_SPACES:
        folded = folded.replace(" " * width, " ")
    return folded.strip(" ")


def spellings(word: str, vendor: str) -> set[str]:
    """Return the ways in which a database may have kept a folded word: SQLite folds the case of Latin letters only.

    The index is asked for each of them: of the first letters of a name like МакДональд one more may be large.
    """
    if vendor != "sqlite" or word.isascii():
        return {word}
    name = word.capitalize()
    amid = (name[:place] + name[place:].capitalize() for place in range(1, min(len(name), INNER_CAPITALS)))
    return {word, name, word.title(), word.upper(), *amid}


class BeginsWord(Lookup):
    """Whether a word of a folded name begins so; on SQLite each letter of it may be large."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Compare with the beginning of the name, and with what stands behind a space."""
        first, first_params = compiler.compile(StartsWith(self.lhs, self.rhs))
        later, later_params = compiler.compile(Contains(self.lhs, f" {self.rhs}"))
        return f"({first} OR {later})", (*first_params, *later_params)

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        """Name both forms of each letter."""
        name, params = compiler.compile(self.lhs)
        pattern = "".join(map(_either_case, self.rhs))
        return f"({name} GLOB %s OR {name} GLOB %s)", (*params, f"{pattern}*", *params, f"* {pattern}*")


def _either_case(letter: str) -> str:
    """Return what GLOB calls this letter, large or small; its own signs stand for themselves."""
    large = letter.upper()
    if letter in "*?[":
        return f"[{letter}]"
    return letter if large == letter or len(large) > 1 else f"[{letter}{large}]"


class Folded(Func):
    """A name folded by the database."""

    output_field = CharField()

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        """Replace mark after mark."""
        template = "LOWER(%(expressions)s)"
        for mark, plain in _MARKS.items():
            template = _replaced(template, mark, plain)
        return self._spaced(template, compiler, connection)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Translate all characters at once."""
        source, target = UPPER + "".join(_MARKS), UPPER.lower() + "".join(_MARKS.values())
        template = f"TRANSLATE(LOWER(%(expressions)s), {_quoted(source)}, {_quoted(target)})"
        return self._spaced(template, compiler, connection)

    def _spaced(self, template: str, compiler: Any, connection: Any) -> Any:
        for width in WIDE_SPACES:
            template = _replaced(template, " " * width, " ")
        return super().as_sql(compiler, connection, template=f"TRIM({template})")


def _replaced(template: str, old: str, new: str) -> str:
    return f"REPLACE({template}, {_quoted(old)}, {_quoted(new)})"


def _quoted(text: str) -> str:
    """Return a text as SQL writes it: an index and a query must say the same, letter for letter, without parameters."""
    return "'" + text.replace("'", "''") + "'"


class FromWord(Func):
    """What a folded name has from its second word on; null where it has one word. Of itself: from the third one on."""

    output_field = CharField()

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        """Cut the name behind its first space."""
        inner, params = compiler.compile(self.source_expressions[0])
        position = "STRPOS" if connection.vendor == "postgresql" else "INSTR"
        return f"SUBSTR({inner}, NULLIF({position}({inner}, ' '), 0) + 1)", (*params, *params)


class Bytewise(Func):
    """A text that PostgreSQL compares byte by byte: in other collations a beginning is no range."""

    output_field = CharField()
    template = "(%(expressions)s)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Name the collation; the other databases compare so, or without case, anyway."""
        return super().as_sql(compiler, connection, template='((%(expressions)s) COLLATE "C")', **context)


class LastDigits(Func):
    """The last digits of a phone."""

    output_field = CharField()
    template = f"SUBSTR(%(expressions)s, -{LAST_DIGITS})"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Count from the end, which PostgreSQL's SUBSTR does not."""
        return super().as_sql(compiler, connection, template=f"RIGHT(%(expressions)s, {LAST_DIGITS})", **context)


def from_word(number: int) -> Bytewise:
    """Return what a recipient's folded name has from this word on; the first one is 1."""
    found: Any = "folded_name"
    for _word in range(number - 1):
        found = FromWord(found)
    return Bytewise(found)
