"""What the sketch knows by heart: grids of features, one for every scenery and every kind of subject.

A network of a few layers that has to tell places from their coordinates learns edges slowly, whatever waves it is given.
It learns them fast if it looks up what is at a place in a grid that training fills (Mueller et al. 2022, "Instant neural
graphics primitives"). Which grid is what a prompt says; where in it, is in the subject's own coordinates, and for scenery in
those of the picture as the camera and the size of the shot move it, for which there is a small network.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .bearings import MOVED, OF_FRAME, Placed, Telling, placed
from .world.drawing import SCENERIES

FAR, NEAR, SKY = LAYERS = ("far", "near", "sky")
FOLLOW = (1.5, 4.4, 0.4)
"""How much further than pictures do on the whole what is in the layers moves under the camera, before it is learnt."""
ACROSS, DOWN = 1.75, 0.75
"""Heights of the picture from its middle to the edges of the layers' grids."""
A_HEIGHT = 12
"""Nodes of the layers' grids in a height of the picture."""
RADII = 2.5
"""Of a mark, from its middle to the edges of subjects' grids."""
NODES = 40
"""Of subjects' grids, along each side."""
POINTS = 6
"""Of a token, along each side, where a subject is looked up: a cell that shows an outline is a matter of where in it that is."""
BEYOND = 1.04
"""Halves of a token from its middle to the outermost of them."""
TO_THE_LEFT = -0.3
"""Of what tokens are told of the way subjects go; grids have them as they go to the right."""
FEATURES = {FAR: 12, NEAR: 12, SKY: 8}
"""Of a cell."""
SUBJECT_FEATURES = 6
"""Of a point."""
SPREAD = 0.1
"""Deviation of what grids hold before they are trained."""
WARP = 48
"""Width of the network that says how layers lie."""
LYING = 3
"""Values by which a layer lies: to the right, down, and the logarithm of its size."""
FRAME_FACTS = OF_FRAME + 3 + SCENERIES
"""Values that all tokens of a frame are told alike: plainly, of the camera's move, and of the scenery."""


def features_of(config: dict) -> int:
    """Of a token, from all grids."""
    _, down, across = config["patch"]
    if not config.get("sketch_grids"):
        return 0
    return down * across * sum(FEATURES.values()) + POINTS**2 * SUBJECT_FEATURES


class Grids(nn.Module):
    def __init__(self, config: dict, said: int) -> None:
        """config: the transformer's, whose `sketch_grids` lists the columns of what is said that there are grids for; said:
        columns of it.
        """
        super().__init__()
        columns = config["sketch_grids"]
        self.kinds = columns["kinds"]
        self.columns = {FAR: columns["places"], NEAR: columns["places"], SKY: columns["times"]}
        self.telling = Telling.of(config)
        rows, across = (round(2 * side * A_HEIGHT) + 1 for side in (DOWN, ACROSS))
        self.layers = nn.ParameterDict(
            {
                name: nn.Parameter(SPREAD * torch.randn(len(chosen) * SCENERIES, FEATURES[name], rows, across))
                for name, chosen in self.columns.items()
            }
        )
        self.subject = nn.Parameter(SPREAD * torch.randn(len(self.kinds), SUBJECT_FEATURES, NODES, NODES))
        self.lying_in = nn.Linear(said + FRAME_FACTS, WARP)
        self.lying_out = nn.Linear(WARP, LYING * len(LAYERS))
        self.follow = nn.Parameter(torch.tensor(FOLLOW))
        nn.init.zeros_(self.lying_out.weight)
        nn.init.zeros_(self.lying_out.bias)

    def forward(self, said: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        """What is found [frames, tokens, features]: at the cells of tokens, ordered (cell, feature), then at their points, ordered
        (row, column, feature).

        said: what the prompts of frames' shots say [frames, values]; told: of `bearings.told` [frames, tokens, values].
        """
        # Coordinates in half precision would be off by half a pixel.
        with torch.autocast(told.device.type, enabled=False):
            said, told = said.float(), told.float()
            place = placed(told, self.telling)
            found = [self._of_layers(said, place), self._of_subject(said, place)]
            return torch.cat([part.flatten(2) for part in found], -1)

    def lie(self, said: torch.Tensor, place: Placed) -> torch.Tensor:
        """How layers lie in frames [frames, layers, LYING]."""
        moved, aspect = place.moved[:, 0], place.aspect[:, 0]
        known = torch.cat([said, frame_facts(place)], -1)
        learnt = self.lying_out(F.gelu(self.lying_in(known), approximate="tanh")).unflatten(-1, (-1, LYING))
        heights = torch.stack([aspect, torch.ones_like(aspect), torch.ones_like(aspect)], -1)
        return learnt - self.follow[:, None] * (heights * moved / MOVED)[:, None]

    def _of_layers(self, said: torch.Tensor, place: Placed) -> torch.Tensor:
        """[frames, tokens, cells, features]"""
        found = []
        for name, lies in zip(LAYERS, self.lie(said, place).unbind(1)):
            chosen = said[:, self.columns[name], None] * place.scenery[:, 0, None]
            to, size = lies[:, None, None, :2], lies[:, None, None, 2:].exp()
            at = (place.cells * size + to) / place.cells.new_tensor([ACROSS, DOWN])
            found.append(looked_up(self.layers[name], chosen.flatten(1), at, "border"))
        return torch.cat(found, -1)

    def _of_subject(self, said: torch.Tensor, place: Placed) -> torch.Tensor:
        """[frames, tokens, points, features]"""
        return looked_up(self.subject, said[:, self.kinds], points_of(place) / RADII, "zeros")


def points_of(place: Placed) -> torch.Tensor:
    """Where the points of tokens are in subjects' grids [..., points, 2], in radii from the middle."""
    along = torch.linspace(-BEYOND, BEYOND, POINTS, device=place.half.device)
    down, across = torch.meshgrid(along, along, indexing="ij")
    at = place.from_subject[..., None, :] + torch.stack([across, down], -1).flatten(0, 1) * place.half[..., None, :]
    way = torch.where(place.of_frame[..., -1] < TO_THE_LEFT, -1.0, 1.0)
    return at * torch.stack([way, torch.ones_like(way)], -1)[..., None, :]


def frame_facts(place: Placed) -> torch.Tensor:
    """What all tokens of a frame are told alike [frames, FRAME_FACTS]."""
    return torch.cat([place.of_frame[:, 0], place.moved[:, 0], place.scenery[:, 0]], -1)


def looked_up(grids: torch.Tensor, weights: torch.Tensor, places: torch.Tensor, beyond: str) -> torch.Tensor:
    """Features at places of the mean of grids [frames, tokens, cells, features].

    grids: [grids, features, rows, columns]; weights: [frames, grids]; places: [frames, tokens, cells, 2], from -1 to 1;
    beyond: what is there, "border" or "zeros".
    """
    mixed = (weights @ grids.flatten(1)).unflatten(-1, grids.shape[1:])
    found = F.grid_sample(mixed, places, mode="bilinear", padding_mode=beyond, align_corners=True)
    return found.permute(0, 2, 3, 1)
