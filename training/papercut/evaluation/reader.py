"""The judge: a small convolutional network, trained on renders alone, that reads a film's attributes off its frames.

It says of every cell of a frame which kind of subject is there and in which colour, so that two subjects can be read
too, and of the whole frame its place, time of day, weather and shot size. The camera's move is read off two frames.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .. import safetensors
from ..world.spec import Camera, Colour, Kind, Place, Scope, Size, Time, Weather

CELL = 8
"""Pixels of a cell's side in the pictures that the reader sees."""
AREA = 240 * 144
"""Pixels that pictures are brought to, whatever their shape."""
GAP = 12
"""Frames between the two that the camera is read off."""
WHOLE = {"place": len(Place), "time": len(Time), "weather": len(Weather), "size": len(Size)}
"""Attributes of whole frames and how many values they have."""


@dataclass(frozen=True)
class ReaderConfig:
    scope: Scope = Scope.FULL
    widths: tuple[int, int] = (24, 48)
    """Channels at a quarter and at an eighth of the pictures' sides."""


def block(before: int, after: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride, dilation, dilation, bias=False), nn.BatchNorm2d(after), nn.ReLU()
    )


def stem(before: int, after: int) -> nn.Sequential:
    """To a quarter of the sides at once, which is quick on a processor too."""
    return nn.Sequential(nn.Conv2d(before, after, 6, 4, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU())


class Residual(nn.Module):
    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.body = nn.Sequential(block(width, width, 1, dilation), nn.Conv2d(width, width, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.body(x)


class Reader(nn.Module):
    def __init__(self, config: ReaderConfig = ReaderConfig()) -> None:
        super().__init__()
        self.config = config
        b, c = config.widths
        self.near = stem(3, b)
        self.trunk = nn.Sequential(block(b, c, 2), *(Residual(c, dilation) for dilation in (1, 2, 4)))
        self.kind = nn.Conv2d(c, 1 + len(Kind), 1)
        """Nothing there, or one of the kinds."""
        self.colour = nn.Sequential(block(c + b, c), nn.Conv2d(c, len(Colour), 1))
        self.whole = nn.Sequential(
            nn.Linear(2 * c + 1, 2 * c), nn.ReLU(), nn.Linear(2 * c, sum(WHOLE.values()))
        )
        self.camera = nn.Sequential(stem(9, b), block(b, c, 2), block(c, c, 1, 2))
        self.camera_head = nn.Sequential(nn.Linear(c * 9, 96), nn.ReLU(), nn.Linear(96, len(Camera)))

    def forward(self, pictures: torch.Tensor) -> dict[str, torch.Tensor]:
        """pictures: float [n, 3, height, width] in [0, 1], sides multiples of 8.

        Returns logits: kind [n, 1 + kinds, rows, columns], colour [n, colours, rows, columns], and [n, values] for each
        attribute of the whole frame.
        """
        x = pictures * 2 - 1
        near = self.near(x)
        deep = self.trunk(near)
        kind = self.kind(deep)
        colour = self.colour(torch.cat([deep, F.avg_pool2d(near, 2)], 1))
        shown = (1 - kind.softmax(1)[:, :1]).mean((2, 3))
        pooled = torch.cat([deep.mean((2, 3)), deep.amax((2, 3)), 4 * shown], 1)
        parts = self.whole(pooled).split(list(WHOLE.values()), 1)
        return {"kind": kind, "colour": colour, **dict(zip(WHOLE, parts))}

    def camera_of(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        """Logits [n, cameras] from two pictures that are `GAP` frames apart."""
        x = torch.cat([first, second, 4 * (second - first)], 1) * 2 - 1
        features = F.adaptive_avg_pool2d(self.camera(x), 3)
        return self.camera_head(features.flatten(1))


def seen_size(height: int, width: int) -> tuple[int, int]:
    """Height and width at which the reader sees a picture: about `AREA` pixels, sides multiples of its cells."""
    scale = (AREA / (height * width)) ** 0.5
    rows, columns = (max(1, round(side * scale / CELL)) * CELL for side in (height, width))
    return rows, columns


def shrunk(frames: torch.Tensor) -> torch.Tensor:
    """uint8 [n, 3, height, width] of any size to what the reader sees, in [0, 1]."""
    height, width = frames.shape[-2:]
    size = seen_size(height, width)
    x = frames.float() / 255
    if (height, width) == size:
        return x
    if (height, width) == (2 * size[0], 2 * size[1]):
        return F.avg_pool2d(x, 2)
    return F.interpolate(x, size, mode="bilinear", antialias=True)


class Reading(dict[str, torch.Tensor]):
    """By attribute: probabilities [n, values]. `kind` sums over all cells; `colours` [n, kinds, colours] is by kind."""


def read(reader: Reader, frames: torch.Tensor, batch: int = 64) -> Reading:
    """Reads frames uint8 [n, 3, height, width]."""
    readings: list[Mapping[str, torch.Tensor]] = []
    device = next(reader.parameters()).device
    reader.eval()
    with torch.inference_mode():
        for part in frames.split(batch):
            readings.append(summed_up(reader(shrunk(part.to(device)))))
    return Reading({name: torch.cat([r[name] for r in readings]).cpu() for name in readings[0]})


def summed_up(logits: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Probabilities of whole frames from logits, those of cells included."""
    cells = logits["kind"].softmax(1)[:, 1:].flatten(2)
    colours = logits["colour"].softmax(1).flatten(2)
    by_kind = torch.einsum("nkp,ncp->nkc", cells, colours)
    out = {
        "kind": normed(cells.sum(2)),
        "colour": normed(by_kind.sum(1)),
        "colours": normed(by_kind),
        "presence": cells.amax(2),
    }
    return out | {name: logits[name].softmax(1) for name in WHOLE}


def normed(x: torch.Tensor) -> torch.Tensor:
    return x / x.sum(-1, keepdim=True).clamp(min=1e-6)


def read_camera(reader: Reader, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """Probabilities [n, cameras] from frames uint8 [n, 3, height, width] and those `GAP` frames later."""
    device = next(reader.parameters()).device
    reader.eval()
    with torch.inference_mode():
        logits = [
            reader.camera_of(shrunk(a.to(device)), shrunk(b.to(device)))
            for a, b in zip(first.split(64), second.split(64))
        ]
    return torch.cat(logits).softmax(1).cpu()


def save_reader(path: Path, reader: Reader, facts: Mapping[str, object]) -> None:
    """Weights and, in a JSON file beside them, the configuration and what is known of its accuracy."""
    weights = {name: x.cpu() for name, x in reader.state_dict().items() if x.is_floating_point()}
    safetensors.save(path, weights, {})
    path.with_suffix(".json").write_text(
        json.dumps({"config": asdict(reader.config), **facts}, indent=2) + "\n"
    )


def reader_facts(path: Path) -> dict[str, Any]:
    """What `save_reader` was told: how many examples it has seen, and its accuracy by attribute."""
    return json.loads(path.with_suffix(".json").read_text())


def load_reader(path: Path) -> Reader:
    config = reader_facts(path)["config"]
    reader = Reader(ReaderConfig(Scope(config["scope"]), tuple(config["widths"])))
    reader.load_state_dict(safetensors.load(path), strict=False)
    return reader.eval()


def as_tensor(frames: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(frames))
