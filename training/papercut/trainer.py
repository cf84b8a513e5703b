"""The loop that all networks are trained by: until its time is over, from checkpoint to checkpoint."""

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import torch
from torch import nn

from . import checkpoint
from .journal import Journal
from .optimizers import Mean, Muon, packed_state, rate_at, restore_state
from .peers import Peers

TELL_EVERY = 25
"""Steps; on a slow machine more often."""
TELL_SECONDS = 30
MOST_BAD_STEPS = 30
Facts = dict[str, torch.Tensor | float]
"""What a step tells of itself, for the log."""
WEIGHTS, MEAN, OPTIMIZER = "weights.", "mean.", "optimizer."


@dataclass
class Budget:
    """How long a stage may train, over all its resumptions: seconds, or steps where a run must be repeatable."""

    seconds: float = math.inf
    steps: float = math.inf

    def progress(self, seconds: float, steps: int) -> float:
        """Share of the budget that is spent; 1 at its end."""
        return max(seconds / self.seconds, steps / self.steps)


class Stage(ABC):
    """What is trained, and by which loss."""

    name: str
    network: nn.Module
    optimizers: list[torch.optim.Optimizer]
    ema: float
    warm_steps = 60
    """Until the rate has risen to its height."""

    @abstractmethod
    def loss(self, step: int, progress: float) -> tuple[torch.Tensor, Facts]:
        """The loss of a step, which depends on nothing but weights, films and these numbers; and what to tell of it."""

    def of_model(self, weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """What the model keeps of such weights of `network`, which may hold more than the model does."""
        return weights


@dataclass
class Run:
    """Where and how stages are trained."""

    folder: Path
    device: torch.device
    journal: Journal
    save_every: float
    resume: bool
    on_save: Callable[[str, int, dict[str, torch.Tensor]], None]
    """Told the stage, its steps and its mean weights after each checkpoint."""
    stopping: Event = field(default_factory=Event)
    """Set where the run has to end early: the stage under way saves what it has."""
    peers: Peers = field(default_factory=Peers)


class Trainer:
    """One stage under way."""

    def __init__(self, stage: Stage, run: Run, budget: Budget) -> None:
        self.stage, self.run, self.budget = stage, run, budget
        for optimizer in stage.optimizers:
            if isinstance(optimizer, Muon):
                optimizer.peers = run.peers
        self.mean = Mean(stage.network, stage.ema)
        self.step = 0
        self._before = 0.0
        self._started = time.monotonic()
        self._peaks = [optimizer.param_groups[0]["lr"] for optimizer in stage.optimizers]
        self._told: dict[str, list[torch.Tensor | float]] = {}
        self._bad_steps = 0
        if run.resume:
            self._restore()

    @property
    def seconds(self) -> float:
        """Time that the stage has trained, over all its resumptions."""
        return self._before + time.monotonic() - self._started

    def train(self) -> dict[str, torch.Tensor]:
        """Trains until the budget is spent. Returns the mean weights."""
        stage, journal = self.stage, self.run.journal
        journal.tell("begin", stage=stage.name, step=self.step, seconds_spent=round(self.seconds, 1))
        saved = told = time.monotonic()
        steps_told = self.step
        began = self.step
        while (progress := self._progress()) < 1:
            self._take_step(progress)
            now = time.monotonic()
            if (self.step - began) % TELL_EVERY == 0 or now - told > TELL_SECONDS:
                self._tell(progress, (self.step - steps_told) / (now - told))
                told, steps_told = now, self.step
            if now - saved > self.run.save_every:
                self.save()
                saved = time.monotonic()
        if self.step > began:
            self.save()
        journal.tell("end", stage=stage.name, step=self.step, seconds_spent=round(self.seconds, 1))
        return self.mean.weights

    def _progress(self) -> float:
        """Share of the budget that is spent, the same for all processes; 1 where the run has to end."""
        progress = 1.0 if self.run.stopping.is_set() else self.budget.progress(self.seconds, self.step)
        return self.run.peers.agree(progress)

    def _take_step(self, progress: float) -> None:
        stage = self.stage
        factor = rate_at(progress, self.step, stage.warm_steps)
        for optimizer, peak in zip(stage.optimizers, self._peaks):
            for group in optimizer.param_groups:
                group["lr"] = peak * factor
            optimizer.zero_grad(set_to_none=True)
        stage.network.train()
        loss, facts = stage.loss(self.step, progress)
        loss.backward()
        self.run.peers.average_gradients(stage.network)
        norm = nn.utils.clip_grad_norm_(stage.network.parameters(), 1.0)
        self.step += 1
        if not torch.isfinite(norm):
            self._bad_steps += 1
            self.run.journal.tell("skipped", stage=stage.name, step=self.step, loss=float(loss.detach()))
            if self._bad_steps > MOST_BAD_STEPS:
                raise ArithmeticError(f"{stage.name}: {self._bad_steps} steps without a finite gradient")
            return
        for optimizer in stage.optimizers:
            optimizer.step()
        self.mean.update(stage.network)
        for name, value in {**facts, "gradient": norm}.items():
            kept = value.detach() if isinstance(value, torch.Tensor) else value
            self._told.setdefault(name, []).append(kept)

    def _tell(self, progress: float, steps_a_second: float) -> None:
        means = {name: sum(map(float, values)) / len(values) for name, values in self._told.items()}
        rate = self.stage.optimizers[0].param_groups[0]["lr"]
        speed = {name: means.pop(name) * steps_a_second * self.run.peers.count for name in ("tokens", "pixels") if name in means}
        self.run.journal.tell(
            self.stage.name,
            step=self.step,
            progress=round(progress, 4),
            rate=rate,
            steps_a_second=steps_a_second,
            **{f"{name}_a_second": value for name, value in speed.items()},
            **means,
        )
        self._told.clear()

    def save(self) -> None:
        if not self.run.peers.leads:
            return
        stage = self.stage
        tensors = {WEIGHTS + name: x for name, x in stage.network.state_dict().items()}
        tensors |= {MEAN + name: x for name, x in self.mean.weights.items()}
        for i, optimizer in enumerate(stage.optimizers):
            tensors |= {f"{OPTIMIZER}{i}.{name}": x for name, x in packed_state(optimizer).items()}
        state = {"step": self.step, "seconds": self.seconds, "updates": self.mean.updates}
        checkpoint.save(self.run.folder / stage.name, tensors, state)
        self.run.on_save(stage.name, self.step, stage.of_model(self.mean.weights))

    def _restore(self) -> None:
        found = checkpoint.load(self.run.folder / self.stage.name)
        if found is None:
            return
        tensors, state = found
        stage, device = self.stage, self.run.device
        stage.network.load_state_dict(with_prefix(tensors, WEIGHTS))
        self.mean.weights = {name: x.to(device) for name, x in with_prefix(tensors, MEAN).items()}
        self.mean.updates = state["updates"]
        for i, optimizer in enumerate(stage.optimizers):
            restore_state(optimizer, with_prefix(tensors, f"{OPTIMIZER}{i}."))
        self.step, self._before = state["step"], state["seconds"]


def with_prefix(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    """Those whose names begin so, by the rest of their names."""
    return {name[len(prefix) :]: x for name, x in tensors.items() if name.startswith(prefix)}


def precision(device: torch.device, alike: bool = False) -> AbstractContextManager:
    """bfloat16 products where they are fast: on GPUs, and on processors that have instructions for them.

    alike: float32 on every processor, so that what is measured on one can be compared with another's.
    """
    # Older releases of PyTorch cannot tell; to them a processor has none.
    has_bfloat16 = getattr(torch.cpu, "_is_avx512_bf16_supported", bool)
    fast = device.type == "cuda" or (not alike and has_bfloat16())
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=fast)


def generator_for(device: torch.device, *numbers: int) -> torch.Generator:
    """Random numbers that depend on the numbers given alone, so that a resumed run draws what it would have drawn."""
    seed = 0
    for number in numbers:
        seed = (seed * 1_000_003 + number + 1) % (1 << 62)
    return torch.Generator(device).manual_seed(seed)
