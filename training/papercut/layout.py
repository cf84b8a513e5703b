"""Which tokens see which: by shot, by frame, by window."""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import torch
from torch.nn import functional as F

from .attention import Segments, sorted_rows


class Mode(StrEnum):
    """What self-attention is made of."""

    MOGA = "moga"
    """Three branches: groups over the whole film, windows, and latent frames."""
    NO_GROUPS = "no-groups"
    """The same without the first branch: what the film loses without it."""
    DENSE = "dense"
    """Every token sees every token."""
    MOGA_ALONE = "moga-alone"
    """The three branches of films of one shot each: no token sees another shot."""
    DENSE_ALONE = "dense-alone"
    """Every token sees every token of its shot."""


@dataclass
class Layout:
    """Which tokens see which: the static part of attention. Tokens of all films lie in one list.

    `shots` [films, frames] counts every film's shots from 0; `real_text` [films, shots, length] is false for padding.
    """

    grid: tuple[int, int, int]
    shots: torch.Tensor
    real_text: torch.Tensor
    window: tuple[int, int]
    augmentation: int
    windows: Segments = field(init=False)
    """Spatial windows of a shot, which also see a few latent frames of the neighbouring shots."""
    within_frames: Segments = field(init=False)
    """Latent frames."""
    window_labels: torch.Tensor = field(init=False)
    """[3, all tokens]: the segment of `windows` that a token is a query of, and those that it is a key of beside it."""
    shot_of_token: torch.Tensor = field(init=False)
    """Of every token of all films, counted through them."""
    text: Segments = field(init=False)
    """Tokens see the prompt of their shot alone."""
    subjects: torch.Tensor | None = None
    """Which tokens of all films are a subject's, where that is told."""

    def __post_init__(self) -> None:
        frames, rows, columns = self.grid
        films, most_shots, length = self.real_text.shape
        device = self.shots.device
        tokens = frames * rows * columns
        film = torch.arange(films, device=device)[:, None]
        shots = self.shots.repeat_interleave(rows * columns, 1)  # [films, N]
        self.shot_of_token = (film * most_shots + shots).flatten()

        down, across = self.window
        row = torch.arange(rows, device=device) * down // rows
        column = torch.arange(columns, device=device) * across // columns
        window = (row[:, None] * across + column).flatten().repeat(frames)
        strips = film * (down * across) + window
        segments = films * down * across * most_shots
        own = strips * most_shots + shots
        into_next, into_last = (
            at_cut.repeat_interleave(rows * columns, 1) for at_cut in self._frames_at_cuts()
        )
        labels = torch.stack(
            [own, torch.where(into_next, own + 1, segments), torch.where(into_last, own - 1, segments)]
        )
        self.window_labels = labels.flatten(1)
        queries, query_lengths = sorted_rows(own.view(1, -1), segments)
        keys, key_lengths = sorted_rows(self.window_labels, segments)
        largest = frames * -(-rows // down) * -(-columns // across)
        self.windows = Segments(queries, query_lengths, keys, key_lengths, largest, largest)
        frame = torch.arange(films * frames, device=device).repeat_interleave(rows * columns)
        self.within_frames = Segments.by_label(frame, films * frames, rows * columns)

        prompts = films * most_shots
        prompt = torch.arange(prompts, device=device).repeat_interleave(length)
        prompt = torch.where(self.real_text.flatten(), prompt, prompts)
        queries, query_lengths = sorted_rows(self.shot_of_token[None], prompts)
        keys, key_lengths = sorted_rows(prompt[None], prompts)
        keys = keys.with_unused()
        self.text = Segments(queries, query_lengths, keys, key_lengths, tokens, length)

    @cached_property
    def has_cuts(self) -> bool:
        return self.real_text.shape[1] > 1

    def across_shots(self, group: torch.Tensor, groups: int) -> tuple[Segments, torch.Tensor]:
        """Tokens see those of their group [all tokens] in the other shots of their film; and which see any."""
        films, most_shots, _ = self.real_text.shape
        film, shot = self.shot_of_token // most_shots, self.shot_of_token % most_shots
        strip = (film * groups + group) * most_shots
        labels = torch.stack([strip + (shot + by) % most_shots for by in range(most_shots)])
        segments = films * groups * most_shots
        queries, query_lengths = sorted_rows(labels[:1], segments)
        keys, key_lengths = sorted_rows(labels[1:], segments)
        most = math.prod(self.grid)
        across = Segments(queries, query_lengths, keys, key_lengths, most, most)
        return across, key_lengths[labels[0]] > 0

    @cached_property
    def near(self) -> torch.Tensor:
        """How often a token counts another in windows and frames [films, N, N], float32."""
        films = len(self.shots)
        labels = self.window_labels.view(3, films, -1)
        in_windows = (labels[0, :, :, None] == labels[:, :, None]).sum(0)
        rows = self.grid[1] * self.grid[2]
        frame = torch.arange(labels.shape[2], device=labels.device) // rows
        return (in_windows + (frame[:, None] == frame)).float()

    @cached_property
    def same_shot(self) -> torch.Tensor:
        """[films, N, N]"""
        shots = self.shot_of_token.view(len(self.shots), -1)
        return shots[:, :, None] == shots[:, None]

    @cached_property
    def within_shots(self) -> Segments:
        """Shots, each by itself."""
        films, most_shots, _ = self.real_text.shape
        return Segments.by_label(self.shot_of_token, films * most_shots, math.prod(self.grid))

    def _frames_at_cuts(self) -> tuple[torch.Tensor, torch.Tensor]:
        """[films, frames]: frames that the next shot sees too, being next to its cut, and those the shot before sees."""
        shots = self.shots
        lengths = F.one_hot(shots, self.real_text.shape[1]).sum(1)
        first = (lengths.cumsum(1) - lengths).gather(1, shots)
        after_cut = torch.arange(shots.shape[1], device=shots.device) - first
        before_cut = lengths.gather(1, shots) - 1 - after_cut
        last_shot = shots[:, -1:]
        return (
            (before_cut < self.augmentation) & (shots < last_shot),
            (after_cut < self.augmentation) & (shots > 0),
        )
