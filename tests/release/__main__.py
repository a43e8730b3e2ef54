"""Walk the checklist of a release: ``python -m tests.release``, as far as one machine can; what is left, it prints.

``--tag v1.2.3`` is what the workflow runs on a tag: then every open point fails. ``--out dist`` keeps what is built.
"""

import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.release import artefacts, documents

BY_HAND = """By hand, once:
  register the name at Read the Docs: the hints of the checks link there
  at PyPI, add a trusted publisher: this repository, workflow release.yml, environment pypi
  at GitHub, create the environment pypi, and protect the tags v*
By hand, each time:
  git tag -s v{version} && git push origin v{version}
  look at the page on PyPI, its links and its attestations, and install it where nothing else is"""


def main() -> int:
    """Walk the list; return how many points are open."""
    parser = ArgumentParser(prog="python -m tests.release", description=__doc__)
    parser.add_argument("--tag", default="", help="the tag that is released, such as v1.2.3")
    parser.add_argument("--out", default="", help="keep what is built in this folder")
    options = parser.parse_args()
    out = Path(options.out or tempfile.mkdtemp(prefix="viber-release-")).resolve()
    open_points = sum(map(told, points(options.tag, out)))
    print(f"{open_points} open." if open_points else "Ready.")
    if not options.tag:
        print(BY_HAND.format(version=documents.version()))
    return min(open_points, 1)


def points(tag: str, out: Path) -> Iterator[tuple[str, Callable[[], list[str]]]]:
    """Yield each point of the list, and the function that returns what is missing."""
    yield "the version is one to release, and the tag's", lambda: documents.faults_of_version(tag)
    yield "the changelog has this version, with its date, and nothing unreleased", documents.faults_of_changelog
    yield "the addresses are filled in", documents.faults_of_addresses
    yield "everything is committed", documents.faults_of_tree
    yield "the wheel and the sdist are built, twice the same", lambda: artefacts.faults_of_build(out)
    yield "they can be published, and their page has no dead link", lambda: artefacts.faults_of_files(out)
    yield "there is a bill of materials", lambda: artefacts.faults_of_bill(out)


def told(point: tuple[str, Callable[[], list[str]]]) -> bool:
    """Check a point and print it; return whether it is open."""
    name, check = point
    faults = check()
    print(f"[{' ' if faults else 'x'}] {name}", *(f"      {fault}" for fault in faults), sep="\n", flush=True)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
