"""Processes that train one network together: each on its own films, by the mean of their gradients.

On a processor with a few cores this is faster than threads in one process, since nothing but the gradients of a step
waits for the others.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch import distributed, nn

RANK, PLACE = "PAPERCUT_RANK", "PAPERCUT_MEETING_PLACE"


class Peers:
    """This process among those that train together; alone unless `gather` found others."""

    def __init__(self, rank: int = 0, count: int = 1) -> None:
        self.rank, self.count = rank, count

    @property
    def leads(self) -> bool:
        """Whether this process saves, tells and says when to stop."""
        return self.rank == 0

    def agree(self, value: float) -> float:
        """The leader's value."""
        if self.count == 1:
            return value
        shared = torch.tensor([value], dtype=torch.float64)
        distributed.broadcast(shared, 0)
        return shared.item()

    def hand_round(self, tensor: torch.Tensor) -> None:
        """Overwrites the tensor with the leader's."""
        if self.count > 1:
            distributed.broadcast(tensor, 0)

    def begin_alike(self, network: nn.Module) -> None:
        """Gives every process the leader's weights: gradients are shared, so that all then stay alike."""
        for x in network.state_dict().values():
            self.hand_round(x)

    def average_gradients(self, network: nn.Module) -> None:
        if self.count == 1:
            return
        parameters = [x for x in network.parameters() if x.requires_grad]
        # What a process has not used has no gradient there, yet all must send alike.
        flat = torch.cat([(torch.zeros_like(x) if x.grad is None else x.grad).flatten() for x in parameters])
        distributed.all_reduce(flat)
        flat /= self.count
        for parameter, mean in zip(parameters, flat.split([x.numel() for x in parameters])):
            parameter.grad = mean.view_as(parameter)

    def share_out(
        self, work: Callable[[torch.Tensor], torch.Tensor], batch: torch.Tensor
    ) -> torch.Tensor:
        """work(batch), each process doing its part of the rows."""
        if self.count == 1:
            return work(batch)
        each = -(-len(batch) // self.count)
        padded = nn.functional.pad(batch, [0, 0] * (batch.ndim - 1) + [0, each * self.count - len(batch)])
        # Rows that fill up are copies of a real one, which any work can be done on.
        padded[len(batch) :] = batch[0]
        parts = [torch.empty_like(padded[:each]) for _ in range(self.count)]
        distributed.all_gather(parts, work(padded[self.rank * each :][:each]).contiguous())
        return torch.cat(parts)[: len(batch)]


def gather(count: int, command: list[str]) -> Peers:
    """Starts the other processes by the same command line, and meets them."""
    if count == 1:
        return Peers()
    rank = int(os.environ.get(RANK, 0))
    place = os.environ.get(PLACE)
    if place is None:
        place = str(Path(tempfile.mkdtemp()) / "meeting")
        for other in range(1, count):
            environment = {**os.environ, RANK: str(other), PLACE: place}
            subprocess.Popen([sys.executable, "-m", "papercut.train", *command], env=environment)
    distributed.init_process_group("gloo", init_method=f"file://{place}", rank=rank, world_size=count)
    return Peers(rank, count)
