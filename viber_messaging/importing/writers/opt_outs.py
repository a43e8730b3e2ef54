"""Record phones as opted out, with who, when, and a spreadsheet as the source."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from viber_messaging.delivery import consent
from viber_messaging.importing.comparison.opt_outs import kind_of
from viber_messaging.importing.comparison.recipients import known_among
from viber_messaging.importing.entities import Kind, Person, Written
from viber_messaging.importing.stage import Staged
from viber_messaging.importing.transaction import write_all
from viber_messaging.models import ConsentSource


def write_opt_outs(staged: Staged, *, by: Any = None) -> Written:
    """Opt out the phones of ``staged``, even unknown ones; return the counts of rows by kind.

    All are recorded or none. People who had already opted out keep their original time. Wrong rows are left out. Raises
    as ``write`` does.
    """
    writer = partial(opt_out, by=by)
    return Written(counts=write_all(staged, lambda: writer))


def opt_out(people: Sequence[Person], *, by: Any) -> Counter[Kind]:
    """Record one batch; return how many rows of each kind there were."""
    known = known_among(people, lock=True)
    consent.opt_out([person.phone for person in people], source=ConsentSource.IMPORT, by=by)
    return Counter(kind_of(known.get(person.phone)) for person in people)
