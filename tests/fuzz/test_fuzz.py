"""Whatever the package reads, it reads or refuses: the fuzzer's inputs, each within its bounds, without the fuzzer."""

import subprocess
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.__main__ import NAMES
from tests.fuzz.bounds import STEPS, STEPS_PER_BYTE, TooSlow, bounded_memory, read_in_time, steps_of
from tests.fuzz.corpus import CORPUS
from tests.fuzz.runs import fuzz
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS
from tests.fuzz.targets.xlsx import mutate

INPUTS = [
    pytest.param(target, path, id=f"{target.name}-{path.name}", marks=[pytest.mark.django_db] if target.prepare else [])
    for target in TARGETS.values()
    for path in target.inputs()
]
GROWING = ("csv", "answers", "phones", "placeholders")
"""The targets whose inputs can be repeated and still mean something."""
LONG_BYTES = 8 * 1024


@pytest.mark.exhaustive
@pytest.mark.parametrize(("target", "path"), INPUTS)
def test_an_input_is_read_or_refused_within_its_bounds(target: Target, path: Path):
    if target.prepare:
        target.prepare()
    content = path.read_bytes()
    read_in_time(target, content)
    size = target.size(content)
    with bounded_memory(size):
        assert steps_of(target.read, content) <= STEPS + STEPS_PER_BYTE * size


def test_a_reading_without_end_is_ended():
    def read(content: bytes) -> None:
        while True:
            with suppress(Exception):
                int(content)

    with pytest.raises(TooSlow, match=r"more than 2\.0 seconds"):
        read_in_time(Target(name="endless", read=read), b"1")


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", GROWING)
def test_the_work_grows_as_the_input_does(name: str):
    target = TARGETS[name]
    for path in target.inputs():
        content = path.read_bytes() or b"\n"
        short = content * (LONG_BYTES // 8 // len(content) + 1)
        assert steps_of(target.read, short * 8) <= 12 * steps_of(target.read, short) + 10_000, path.name
        read_in_time(target, short * 8)


def test_the_corpus_is_what_the_script_makes():
    made = {(name, file) for name, files in CORPUS.items() for file in files}
    assert {(target.name, path.name) for target in TARGETS.values() for path in target.corpus.iterdir()} == made


def test_the_command_offers_every_target():
    assert tuple(TARGETS) == NAMES


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_each_target_has_words_and_inputs(target: Target):
    assert target.words.exists()
    assert len(target.inputs()) > 1


def test_a_changed_part_is_packed_anew():
    content = (TARGETS["xlsx"].corpus / "google.xlsx").read_bytes()
    changed = [mutate(content, lambda part: part.replace(b"3.8", b"3.9"), seed) for seed in range(40)]
    whole = [zipfile.ZipFile(BytesIO(each)) for each in changed if zipfile.is_zipfile(BytesIO(each))]
    assert any(b"3.90971234567E11" in each.read(name) for each in whole for name in each.namelist())
    assert all(each.testzip() is None for each in whole)
    assert changed == [mutate(content, lambda part: part.replace(b"3.8", b"3.9"), seed) for seed in range(40)]


def test_how_to_replay_what_was_found_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    target = Target(name="phones", read=len)

    def fail(*args: Any, **options: Any) -> Any:
        target.found.mkdir(parents=True)
        (target.found / "crash-1").write_bytes(b"x")
        return subprocess.CompletedProcess(args, 77)

    monkeypatch.setattr("tests.fuzz.target.FOLDER", tmp_path)
    monkeypatch.setattr(subprocess, "run", fail)
    assert fuzz(target, 1) == 77
    assert f"python -m tests.fuzz phones --replay {tmp_path}/found/phones/crash-1" in capsys.readouterr().out
