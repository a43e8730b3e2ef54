"""Make the corpus anew: ``python -m tests.fuzz.corpus``. The files are kept in the repository, beside this script."""

from pathlib import Path

import time_machine

from tests.fuzz.corpus import CORPUS

FOLDER = Path(__file__).parent


def main() -> None:
    """Write every file; remove those that are no longer made."""
    with time_machine.travel("2026-11-27T12:00:00Z", tick=False):
        for target, files in CORPUS.items():
            folder = FOLDER / target
            folder.mkdir(exist_ok=True)
            for path in set(folder.iterdir()) - {folder / name for name in files}:
                path.unlink()
            for name, make in files.items():
                (folder / name).write_bytes(make())


if __name__ == "__main__":
    main()
