"""Fold names for searches: without case, and with one spelling of apostrophes. The database does the folding.

Therefore nothing that writes names can forget it, not even the site's own UPDATE of a million rows.
"""

from typing import Any

from django.db.models import CharField, Func, Lookup
from django.db.models.lookups import Contains, StartsWith

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZАБВГҐДЕЁЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
"""Listed one by one, because PostgreSQL's LOWER in the locale "C" knows only Latin letters."""
APOSTROPHES = "’ʼ‘`´′"
SPACES = "-–\u00a0\t"
"""The characters that separate words besides a space."""
WIDE_SPACES = (4, 3, 2, 2)
"""Runs of this many spaces are replaced by one, in turn, which covers up to sixteen spaces."""

INDEXED_WORDS = 3
"""The number of words of a name that are indexed: most names have at most three, and longer ones are found by these."""
LAST_DIGITS = 4
"""The number of last digits of a phone that are indexed: the ones that people give when asked for their phone."""

INNER_CAPITALS = 8
"""The number of first letters of a word among which one inner capital is searched for, if case is not folded."""

_MARKS: dict[str, str] = {**dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys(SPACES, " ")}


def fold(text: str) -> str:
    """Return a text as the database folds a name."""
    folded = text.lower().translate({ord(mark): plain for mark, plain in _MARKS.items()})
    for width in WIDE_SPACES:
        folded = folded.replace(" " * width, " ")
    return folded.strip(" ")


def spellings(word: str, vendor: str) -> set[str]:
    """Return the ways in which a database may have stored a folded word: SQLite only folds the case of Latin letters.

    The index is searched for each of them. A name like МакДональд has a second capital among its first letters.
    """
    if vendor != "sqlite" or word.isascii():
        return {word}
    name = word.capitalize()
    amid = (name[:place] + name[place:].capitalize() for place in range(1, min(len(name), INNER_CAPITALS)))
    return {word, name, word.title(), word.upper(), *amid}


class BeginsWord(Lookup):
    """Whether a word of a folded name begins with this text; on SQLite each of its letters may be a capital."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Compare with the beginning of the name, and with the text after each space."""
        first, first_params = compiler.compile(StartsWith(self.lhs, self.rhs))
        later, later_params = compiler.compile(Contains(self.lhs, f" {self.rhs}"))
        return f"({first} OR {later})", (*first_params, *later_params)

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        """Match both cases of each letter."""
        name, params = compiler.compile(self.lhs)
        pattern = "".join(map(_either_case, self.rhs))
        return f"({name} GLOB %s OR {name} GLOB %s)", (*params, f"{pattern}*", *params, f"* {pattern}*")


def _either_case(letter: str) -> str:
    """Return the GLOB pattern for this letter in either case; GLOB's special characters are escaped."""
    large = letter.upper()
    if letter in "*?[":
        return f"[{letter}]"
    return letter if large == letter or len(large) > 1 else f"[{letter}{large}]"


class Folded(Func):
    """A name folded by the database."""

    output_field = CharField()

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        """Replace one mark after another."""
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
    """Return a SQL literal: the expressions of an index and a query must be identical, so parameters cannot be used."""
    return "'" + text.replace("'", "''") + "'"


class FromWord(Func):
    """A folded name from its second word on, or null if it has only one. Applied twice: from its third word on."""

    output_field = CharField()

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        """Cut the name after its first space."""
        inner, params = compiler.compile(self.source_expressions[0])
        position = "STRPOS" if connection.vendor == "postgresql" else "INSTR"
        return f"SUBSTR({inner}, NULLIF({position}({inner}, ' '), 0) + 1)", (*params, *params)


class Bytewise(Func):
    """A text that PostgreSQL compares byte by byte, because a prefix search needs that to use an index."""

    output_field = CharField()
    template = "(%(expressions)s)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Set the collation; the other databases compare like this, or without case, anyway."""
        return super().as_sql(compiler, connection, template='((%(expressions)s) COLLATE "C")', **context)


class LastDigits(Func):
    """The last digits of a phone."""

    output_field = CharField()
    template = f"SUBSTR(%(expressions)s, -{LAST_DIGITS})"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Use RIGHT, because PostgreSQL's SUBSTR does not count from the end."""
        return super().as_sql(compiler, connection, template=f"RIGHT(%(expressions)s, {LAST_DIGITS})", **context)


def from_word(number: int) -> Bytewise:
    """Return a recipient's folded name from this word on; words count from 1."""
    found: Any = "folded_name"
    for _word in range(number - 1):
        found = FromWord(found)
    return Bytewise(found)
