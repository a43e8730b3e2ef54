"""SQL by hand stands in one folder, and that of a claim beside the claims."""

from pathlib import Path

import pytest

from viber_messaging import delivery
from viber_messaging.delivery.storage import sql

ROOT = Path(delivery.__path__[0])
BY_HAND = {*Path(sql.__path__[0]).rglob("*.py"), ROOT / "queue" / "claim_statements.py"}
STAGES = sorted(set(ROOT.rglob("*.py")) - BY_HAND)


@pytest.mark.parametrize("by_hand", ["cursor()", "RawSQL", ".raw(", ".extra("])
def test_no_stage_of_a_delivery_holds_sql_of_its_own(by_hand: str):
    assert len(STAGES) > 50
    assert [str(stage.relative_to(ROOT)) for stage in STAGES if by_hand in stage.read_text()] == []


def test_the_place_of_sql_is_where_it_is_looked_for():
    assert any("cursor()" in path.read_text() for path in Path(sql.__path__[0]).rglob("*.py"))
