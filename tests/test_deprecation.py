"""The way out: announced in time, told to the line that uses it, and gone when it was said."""

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import viber_messaging
from viber_messaging.deprecation import ViberMessagingDeprecationWarning, warn_of_removal

PACKAGE = Path(viber_messaging.__file__).parent


def old_way() -> None:
    warn_of_removal("old_way()", removed_in="9.0", instead="new_way()")


def test_the_warning_names_the_version_and_what_to_use_instead():
    with pytest.warns(ViberMessagingDeprecationWarning, match=r"old_way\(\) .* 9\.0: use new_way\(\)\."):
        old_way()


def test_the_warning_points_at_the_line_that_uses_it():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        old_way()
    assert (caught[0].filename, caught[0].lineno) == (__file__, old_way_line())


def old_way_line() -> int:
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return lines.index('        warnings.simplefilter("always")') + 2


def test_a_site_that_turns_our_warnings_into_errors_meets_no_others():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", ViberMessagingDeprecationWarning)
        warnings.warn("of somebody else", DeprecationWarning, stacklevel=1)
        with pytest.raises(ViberMessagingDeprecationWarning):
            old_way()


def announced_removals() -> Iterator[tuple[str, str]]:
    """Yield where a removal is announced, and for which version."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "warn_of_removal":
                versions = [ast.literal_eval(word.value) for word in node.keywords if word.arg == "removed_in"]
                yield f"{path}:{node.lineno}", versions[0]


def test_nothing_stays_longer_than_was_said():
    def parts(version: str) -> list[int]:
        return [int(part) for part in version.split(".")[:2]]

    now = parts(viber_messaging.__version__)
    overdue = [place for place, version in announced_removals() if parts(version) <= now]
    assert overdue == []
