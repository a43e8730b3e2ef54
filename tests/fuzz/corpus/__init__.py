"""The inputs from which the fuzzer starts: for each target its files by name, each with its maker."""

from collections.abc import Callable, Mapping

from tests.fuzz.corpus.answers import ANSWERS
from tests.fuzz.corpus.broken_workbooks import BROKEN_WORKBOOKS
from tests.fuzz.corpus.lines import PHONES, PLACEHOLDERS, QUERIES
from tests.fuzz.corpus.old_workbooks import OLD_WORKBOOKS
from tests.fuzz.corpus.tables import TABLES
from tests.fuzz.corpus.workbooks import WORKBOOKS

CORPUS: Mapping[str, Mapping[str, Callable[[], bytes]]] = {
    "xlsx": {**WORKBOOKS, **BROKEN_WORKBOOKS},
    "xls": OLD_WORKBOOKS,
    "csv": TABLES,
    "answers": ANSWERS,
    "phones": PHONES,
    "placeholders": PLACEHOLDERS,
    "queries": QUERIES,
}
