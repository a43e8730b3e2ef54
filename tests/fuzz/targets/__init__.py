"""The readers that are fuzzed, by name."""

from collections.abc import Mapping

from tests.fuzz.target import Target
from tests.fuzz.targets.answers import ANSWERS
from tests.fuzz.targets.csv import CSV
from tests.fuzz.targets.phones import PHONES
from tests.fuzz.targets.placeholders import PLACEHOLDERS
from tests.fuzz.targets.queries import QUERIES
from tests.fuzz.targets.xls import XLS
from tests.fuzz.targets.xlsx import XLSX

TARGETS: Mapping[str, Target] = {
    target.name: target for target in (XLSX, XLS, CSV, ANSWERS, PHONES, PLACEHOLDERS, QUERIES)
}
