"""Sample pictures generated from their names: a sky, a sun and hills. Needs only zlib."""

import struct
import zlib
from functools import lru_cache
from hashlib import sha256
from math import cos, sin

WIDTH, HEIGHT = 480, 300
Colour = tuple[int, int, int]
PALETTES: tuple[tuple[Colour, Colour, Colour, Colour], ...] = (
    ((88, 60, 160), (255, 158, 128), (255, 224, 178), (48, 36, 92)),
    ((20, 90, 140), (150, 214, 230), (255, 244, 200), (16, 66, 84)),
    ((214, 84, 96), (255, 200, 130), (255, 240, 205), (92, 34, 66)),
    ((34, 120, 110), (198, 232, 190), (255, 247, 214), (20, 74, 70)),
)
"""The colours of the sky's top and bottom, the sun, and the hills."""


@lru_cache(maxsize=32)
def draw(name: str) -> bytes:
    """Return a PNG of 480 × 300; the same name gives the same picture."""
    seed = sha256(name.encode()).digest()
    palette = PALETTES[seed[0] % len(PALETTES)]
    centre = (80 + seed[1] * (WIDTH - 160) // 255, 70 + seed[2] // 4)
    tops = [_hill_tops(seed[3 + layer], HEIGHT * (0.55 + 0.14 * layer)) for layer in range(3)]
    rows = (b"\x00" + _draw_row(y, palette, centre, tops) for y in range(HEIGHT))
    return _png(b"".join(rows))


def _hill_tops(seed: int, base: float) -> list[float]:
    return [base + 16 * sin(x / 62 + seed) + 10 * cos(x / 27 + seed * 2) for x in range(WIDTH)]


def _draw_row(
    y: int, palette: tuple[Colour, Colour, Colour, Colour], centre: tuple[int, int], tops: list[list[float]]
) -> bytes:
    top, foot, sun, hill = palette
    sky = bytes(_mix(top, foot, y / HEIGHT))
    row = bytearray(sky * WIDTH)
    _fill_sun(row, y, centre, bytes(_mix(sun, foot, 0.1)))
    for layer, heights in enumerate(tops):
        colour = bytes(_mix(foot, hill, 0.4 + 0.3 * layer))
        for x in (x for x, height in enumerate(heights) if y >= height):
            row[3 * x : 3 * x + 3] = colour
    return bytes(row)


def _fill_sun(row: bytearray, y: int, centre: tuple[int, int], colour: bytes, radius: int = 38) -> None:
    half = int(max(radius**2 - (y - centre[1]) ** 2, 0) ** 0.5)
    first, last = centre[0] - half, centre[0] + half
    row[3 * first : 3 * last] = colour * (last - first)


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _png(raw_rows: bytes) -> bytes:
    """Wrap RGB rows, each led by its filter byte, as a PNG."""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw_rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
