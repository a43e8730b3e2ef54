"""The pictures of the README can be taken of the pages as they are now."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser


def test_each_picture_is_taken_anew(tmp_path: Path):
    pytest.importorskip("PIL")
    from tests.browser import screenshots

    screenshots.main(tmp_path)
    kept = Path(__file__).parents[2] / "docs" / "screenshots"
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in kept.iterdir()}
