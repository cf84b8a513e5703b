"""PNG files and contact sheets without any further package."""

import struct
import zlib
from pathlib import Path

import numpy as np

GAP = 4
"""Pixels between pictures."""


def write_png(path: Path, pixels: np.ndarray) -> None:
    """pixels: uint8 [height, width, 3]"""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # every row starts with the number of its filter: none
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(packed))


def sheet(rows: list[list[np.ndarray]]) -> np.ndarray:
    """Pictures uint8 [3, height, width] in rows, the first one's size deciding: uint8 [height, width, 3]."""
    _, height, width = rows[0][0].shape
    columns = max(map(len, rows))
    size = len(rows) * (height + GAP) + GAP, columns * (width + GAP) + GAP, 3
    pixels = np.full(size, 255, np.uint8)
    for i, row in enumerate(rows):
        for j, picture in enumerate(row):
            top, left = GAP + i * (height + GAP), GAP + j * (width + GAP)
            pixels[top : top + height, left : left + width] = picture.transpose(1, 2, 0)
    return pixels
