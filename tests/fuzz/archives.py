"""Archives taken apart and packed anew."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

ALL_BYTES = 2560 * 1024
"""The most bytes that an archive may hold: as much as may be read of it."""


def parts_of(content: bytes) -> dict[str, bytes]:
    """Unpack an archive; return nothing if it is broken or large."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            is_large = unpacked_size(content) >= ALL_BYTES
            return {} if is_large else {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # noqa: BLE001 (an archive that was changed raises anything)
        return {}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Pack an archive, always to the same bytes."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def again(content: bytes) -> bytes:
    """Pack an archive without the time at which that happened."""
    return packed(parts_of(content))


def unpacked_size(content: bytes) -> int:
    """Return how large an archive says that it is inside, at most what may be read."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return max(len(content), min(ALL_BYTES, sum(entry.file_size for entry in archive.infolist())))
    except Exception:  # noqa: BLE001
        return len(content)
