"""Uploads between their preview and their import."""

import io
import os
from datetime import timedelta

import pytest

from tests import doors
from viber_messaging.importing import uploads
from viber_messaging.models import StagedImport, StagedPart, StagedPiece


def keep(content: bytes = b"phone\n0971234567\n", **fields: str) -> StagedImport:
    return uploads.keep(io.BytesIO(content), owner="1", subject="recipients", file_name="a.csv", **fields)


@pytest.mark.parametrize("size", [0, 1, uploads.PIECE_BYTES, 2 * uploads.PIECE_BYTES + 7])
def test_what_is_kept_is_given_back(db, size):
    content = os.urandom(size)
    with uploads.opened(keep(content), StagedPart.UPLOAD) as file:
        assert file.read() == content


def test_judged_rows_replace_those_that_were_judged_before(db):
    staged_import = keep()
    for rows in (b"first" * uploads.PIECE_BYTES, b"second"):
        uploads.save_judged(staged_import, io.BytesIO(rows), {})
    with uploads.opened(staged_import, StagedPart.ROWS) as file:
        assert file.read() == b"second"


def test_an_opened_file_has_no_name_that_others_could_read(db):
    with uploads.opened(keep(), StagedPart.UPLOAD) as file:
        assert os.fstat(file.fileno()).st_nlink == 0


def test_tokens_cannot_be_guessed(db):
    tokens = {keep().token for _upload in range(4)}
    assert len(tokens) == 4
    assert {len(token) for token in tokens} == {32}


def test_the_worker_removes_what_is_forgotten(gateway):
    old, new = keep(), keep()
    StagedImport.objects.filter(pk=old.pk).update(created_at=old.created_at - timedelta(hours=24))
    doors.work()
    assert list(StagedImport.objects.all()) == [new]
    assert StagedPiece.objects.count() == 1


def test_rows_that_are_judged_too_late_are_not_kept(db):
    staged_import = keep()
    StagedImport.objects.update(done_at=staged_import.created_at)
    uploads.save_judged(staged_import, io.BytesIO(b"phones"), {})
    assert not StagedPiece.objects.filter(part=StagedPart.ROWS).exists()
