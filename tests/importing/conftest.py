"""What the tests of importing share."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.spreadsheets import files
from viber_messaging.importing import Staged, stage

Stager = Callable[..., Staged]


@pytest.fixture
def staged() -> Stager:
    """Stage a spreadsheet with these headings and rows."""

    def make(headings: Sequence[str], *rows: Sequence[Any], **options: Any) -> Staged:
        return stage(files.read(files.workbook([headings, *rows]), **options), io.BytesIO())

    return make
