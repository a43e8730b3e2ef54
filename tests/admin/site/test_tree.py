"""The shape of the admin: pages are views, listed in one place, and admins inherit from few classes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin

import viber_messaging.admin
from tests.admin.site.test_matrix import our_admins
from viber_messaging.admin.pages.view import AdminView

HOME = Path(viber_messaging.admin.__file__).parent
TESTS = Path(__file__).parents[1]
OF_THE_WHOLE_SITE = Path("site")
MOST_ENTRIES = 15
MOST_CLASSES = 6


def folders(top: Path) -> Iterator[Path]:
    yield top
    yield from sorted(path.parent for path in top.rglob("*/__init__.py"))


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name not in ("__pycache__", ".DS_Store"))


def classes_of_ours(one: "ModelAdmin[Any]") -> list[type]:
    return [found for found in type(one).__mro__ if found.__module__.startswith("viber_messaging.")]


def test_a_folder_of_tests_is_seen_at_a_glance():
    assert not {folder: found for folder in folders(TESTS) if len(found := entries(folder)) > MOST_ENTRIES}


def test_the_tests_stand_in_the_folders_of_what_they_test():
    of_code = {path.relative_to(HOME) for path in folders(HOME)}
    assert {path.relative_to(TESTS) for path in folders(TESTS)} <= {*of_code, OF_THE_WHOLE_SITE}


def test_an_admin_inherits_from_few_classes():
    deep = {name: classes for name, one in our_admins().items() if len(classes := classes_of_ours(one)) > MOST_CLASSES}
    assert not deep


@pytest.mark.parametrize("name", our_admins())
def test_an_admin_lists_its_pages_in_one_place(name: str):
    tables = [found for found in classes_of_ours(our_admins()[name]) if "get_urls" in vars(found)]
    assert len(tables) <= 1


def test_every_page_of_ours_is_a_view_that_is_given_its_admin():
    for one in our_admins().values():
        django = {pattern.name for pattern in ModelAdmin(one.model, one.admin_site).get_urls()}
        for pattern in (pattern for pattern in one.get_urls() if pattern.name not in django):
            assert issubclass(pattern.callback.view_class, AdminView)
            assert pattern.callback.view_initkwargs == {"model_admin": one}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (r"[^e]TemplateResponse\(", "pages/base.py"),
        (r'"viber_messaging\.(view|add|change|delete|send|import|export)_', "permissions.py"),
        (r"viber-state viber-", "pages/badges.py"),
    ],
    ids=["a page is rendered", "a permission is named", "a badge is made"],
)
def test_there_is_one_place_where(text: str, place: str):
    found = {
        path.relative_to(HOME).as_posix() for path in HOME.rglob("*.py") if re.search(text, path.read_text("utf-8"))
    }
    assert found == {place}
