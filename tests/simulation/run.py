"""Run one seed, on a fresh copy of an empty site."""

import logging
import shutil
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db import connections

from tests.simulation.baton import Baton, Endless
from tests.simulation.clock import virtual
from tests.simulation.outcome import Outcome
from tests.simulation.world import World

MEMORY = Path("/dev/shm")
"""Where files are kept in memory, on Linux."""


@contextmanager
def prepared() -> Iterator[Path]:
    """Make an empty site; yield its file."""
    logging.disable(logging.CRITICAL)
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        empty = Path(folder) / "empty.sqlite3"
        connections.settings["default"]["NAME"] = str(empty)
        with virtual(Baton(0)):  # the installation's own salt is drawn here
            call_command("migrate", verbosity=0)
        connections.close_all()
        yield empty


def fresh(empty: Path) -> Path:
    """Return the file of a site that nobody has used yet."""
    file = empty.with_name("site.sqlite3")
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    shutil.copy(empty, file)
    return file


def run(seed: int, empty: Path) -> Outcome:
    """Live through one seed."""
    return outcome_of(World(seed, fresh(empty)), seed)


def outcome_of(world: World, seed: int) -> Outcome:
    """Live through a world."""
    broken = []
    try:
        world.live()
    except Endless as error:
        broken.append(f"there is no end: {error}")
    except Exception as error:  # noqa: BLE001 (whatever a world raises is what was found)
        broken.append(f"{type(error).__name__}: {error}")
        world.baton.lines.append(_where(error))
    return Outcome(
        seed=seed,
        digest=world.baton.digest,
        steps=world.baton.steps,
        broken=(*world.broken, *broken),
        lines=tuple(world.baton.lines),
        edges=frozenset(world.edges),
    )


def _where(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
