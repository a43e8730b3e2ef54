"""What befalls a whole site: its database goes back in time, its account changes, its clocks are set."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connections

if TYPE_CHECKING:
    from tests.simulation.world import World

LONGEST_WAIT_SECONDS = 300.0
SETTINGS_OF_THE_CLOCKS = (-3600.0, 3600.0, -10.0, -172800.0, 172800.0, 0.0)


def happen(world: "World") -> None:
    """Let each that the world is to see happen some time."""
    upsets: list[Callable[[World], None]] = [restore] * world.profile.restores
    upsets += [change_account] * world.profile.account_changes
    upsets += [set_clocks] * world.profile.clock_jumps
    world.chance.shuffle(upsets)
    for upset in upsets:
        _wait(world)
        upset(world)


def restore(world: "World") -> None:
    """Copy the database, and put the copy back some time later; every process ends for that."""
    copy = world.file.with_suffix(".copy")
    with closing(sqlite3.connect(world.file)) as before, closing(sqlite3.connect(copy)) as after:
        before.backup(after)
    world.baton.note("backup")
    _wait(world)
    world.baton.end_others()
    world.look()
    connections.close_all()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{world.file}{suffix}").unlink(missing_ok=True)
    copy.rename(world.file)
    world.restored_at = world.baton.now
    world.baton.note("restored")


def change_account(world: "World") -> None:
    """Send through the other account from now on; every process ends for that."""
    world.baton.end_others()
    world.take_account(1 - world.account)
    world.baton.note("another account")


def set_clocks(world: "World") -> None:
    """Set the wall clocks of all processes, forward or back."""
    world.baton.wall_offset = world.chance.choice(SETTINGS_OF_THE_CLOCKS)
    world.baton.note(f"clocks are set by {world.baton.wall_offset}")


def _wait(world: "World") -> None:
    world.baton.sleep(world.chance.uniform(0, LONGEST_WAIT_SECONDS))
