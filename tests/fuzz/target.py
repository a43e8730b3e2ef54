"""What the fuzzer knows of one of the package's readers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
DATA = FOLDER.parent / "data"

Mutate = Callable[[bytes], bytes]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A reader of untrusted bytes: ``read`` returns for every input, unless the package breaks a promise."""

    name: str
    read: Callable[[bytes], object]
    longest: int = 4096
    """The most bytes of an input that the fuzzer invents."""
    size: Callable[[bytes], int] = len
    """The size to which time and memory are compared; for an archive, that of its content."""
    mutate: Callable[[bytes, Mutate, int], bytes] | None = None
    """Changes an input, given the fuzzer's own change of bytes and a seed; for formats that check their bytes."""
    prepare: Callable[[], object] | None = None
    """Stores what is read about, in an empty database."""
    others: Sequence[Path] = ()
    """Inputs that are kept elsewhere in the tests."""

    @property
    def words(self) -> Path:
        """The file with what the fuzzer may insert, as libFuzzer reads it."""
        return FOLDER / "words" / f"{self.name}.dict"

    @property
    def found(self) -> Path:
        """The folder of the inputs that once failed."""
        return FOLDER / "found" / self.name

    @property
    def corpus(self) -> Path:
        """The folder of the inputs that ``python -m tests.fuzz.corpus`` makes."""
        return FOLDER / "corpus" / self.name

    def inputs(self) -> list[Path]:
        """Return all kept inputs."""
        return [*sorted(self.corpus.glob("*")), *sorted(self.found.glob("*")), *self.others]
