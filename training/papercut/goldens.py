"""Golden numbers: what PyTorch computes in float32 from weights as they are stored, for the engine to be held against."""

from dataclasses import dataclass
from pathlib import Path

import torch

from . import safetensors
from .bearings import UNKNOWN, Course, told
from .flow import noise_levels
from .marks import NONE, marks_of
from .model import Papercut
from .sample import FilmMaker

SAMPLE_STEPS, SAMPLE_GUIDANCE, SAMPLE_SHIFT = 16, 3.5, 3.0
KEPT_STEPS, KEPT_FRAMES = 4, 8
"""Every so manyth latent and frame of a whole run is kept."""


@dataclass
class Film:
    """A golden of one forward pass: sizes in latent cells, lengths in latent frames."""

    name: str
    height: int
    width: int
    shots: dict[str, int]
    t: float
    seed: int
    blocks: slice
    """Blocks whose output is kept."""
    decoded: int
    """Latent frames to decode."""


WHOLE = Film(
    "golden",
    height=12,
    width=20,
    shots={
        "a red sailboat moving right on the sea at sunset, wide shot": 3,
        "close up of the sailboat moving left on the sea": 2,
    },
    t=637.0,
    seed=0,
    blocks=slice(None),
    decoded=3,
)

FILMS = [
    Film(
        "portrait",
        height=10,
        width=6,
        shots={
            "a red sailboat on the sea at sunset": 1,
            "": 2,
            "close up of a blue whale in space at night, camera pans left": 1,
        },
        t=250.0,
        seed=1,
        blocks=slice(0, None, 3),
        decoded=2,
    ),
    Film(
        "one_frame",
        height=6,
        width=10,
        shots={"wide shot of a yellow house in the meadow": 1},
        t=1000.0,
        seed=2,
        blocks=slice(None),
        decoded=1,
    ),
    Film(
        "five_cuts",
        height=8,
        width=8,
        shots={
            "a green train in the desert": 1,
            "": 1,
            "snow": 1,
            "close up of an orange balloon over the mountains at dawn, it rises": 1,
            "the balloon": 1,
        },
        t=3.5,
        seed=3,
        blocks=slice(1, None, 3),
        decoded=0,
    ),
]

SAMPLE = {
    "a red sailboat moving right on the sea at sunset, medium shot": 6,
    "close up of the sailboat moving left on the sea, at sunset": 6,
}
"""Shots of the golden of a whole run, and their latent frames."""


@torch.no_grad()
def forward(
    model: Papercut,
    latent: torch.Tensor,
    t: float,
    ids: torch.Tensor,
    shots: torch.Tensor,
    marks: torch.Tensor | None = None,
) -> dict[str, torch.Tensor]:
    """Everything that a forward pass of one film computes, by its name in a golden file.

    latent: [1, z, frames, height, width]; ids: [1, shots, length]; shots: [1, frames]; marks: [1, N, values].
    """
    text, real = model.denoiser.encode(ids)
    trace: dict[str, torch.Tensor] = {}
    said = model.denoiser.said(ids, text, real)
    level = torch.tensor([t])
    velocity, _ = model.denoiser.transformer(
        latent, level, text, real, shots, trace=trace, marks=marks, said=said
    )
    tensors = {"text.out": text, "text.mask": real.byte(), "out.v": velocity}
    return tensors | {f"dit.{name}": tensor for name, tensor in trace.items()}


@torch.no_grad()
def golden(model: Papercut, film: Film) -> dict[str, torch.Tensor]:
    """The golden tensors of a film of random noise."""
    generator = torch.Generator().manual_seed(film.seed)
    z, layers = model.config["ae"]["z"], model.config["dit"]["layers"]
    shots = shots_of(list(film.shots.values()))
    latent = torch.randn(1, z, shots.shape[1], film.height, film.width, generator=generator)
    ids = FilmMaker(model, torch.device("cpu")).ids(list(film.shots))
    marks = marks_of(list(film.shots), latent.shape[-2:], shots, film.seed, model.denoiser.telling)
    tensors = forward(model, latent, film.t, ids, shots, marks)
    for block in set(range(layers)) - set(range(layers)[film.blocks]):
        del tensors[f"dit.block{block}"]
    inputs = {"in.x": latent, "in.t": torch.tensor([film.t]), "in.ids": ids, "in.shot": shots}
    if marks is not None:
        inputs["in.marks"] = marks
    tensors = inputs | tensors
    if film.decoded:
        normal = torch.randn(1, film.decoded, z, film.height, film.width, generator=generator)
        raw = normal * model.deviation[:, None, None] + model.mean[:, None, None]
        tensors |= {"ae.latent_raw": raw, "ae.decoded": model.autoencoder.decoder(raw).half()}
    return tensors


@torch.no_grad()
def golden_sample(model: Papercut) -> dict[str, torch.Tensor]:
    """A whole run of the sampler with guidance: noise, first velocities, latents on the way, and frames."""
    maker = FilmMaker(model, torch.device("cpu"))
    captions, lengths = list(SAMPLE), list(SAMPLE.values())
    shots = shots_of(lengths)
    ids = maker.ids(captions)
    x = torch.randn(
        1, model.config["ae"]["z"], shots.shape[1], 12, 20, generator=torch.Generator().manual_seed(11)
    )
    levels = noise_levels(SAMPLE_STEPS, SAMPLE_SHIFT)
    tensors = {
        "sample.noise": x,
        "sample.sigmas": torch.tensor(levels),
        "sample.ids": ids,
        "sample.shot": shots,
    }
    sampler = maker.sampler(ids, shots, marks=bearings_alone(model, shots, x.shape[-2:]))
    prompted = sampler.velocity(x, levels[0])
    guided = sampler.velocity(x, levels[0], guidance=2)
    tensors |= {"sample.v_cond_0": prompted, "sample.v_null_0": 2 * prompted - guided}
    for step in range(0, SAMPLE_STEPS, KEPT_STEPS):
        x = sampler.run(x, levels[step : step + KEPT_STEPS + 1], SAMPLE_GUIDANCE)
        tensors[f"sample.x_after_{step + KEPT_STEPS}"] = x
    frames = maker.frames(x)
    kept = torch.arange(0, len(frames), KEPT_FRAMES)
    return tensors | {
        "sample.latent": x,
        "sample.frames_u8": frames[kept],
        "sample.frame_index": kept.int(),
    }


def bearings_alone(model: Papercut, shots: torch.Tensor, size: tuple[int, int]) -> torch.Tensor | None:
    """What tokens of a film are told of which nothing is said but its prompts; None for a model that has no bearings."""
    telling = model.denoiser.telling
    if not telling.bearings:
        return None
    count = int(shots.max()) + 1
    nowhere = torch.tensor(NONE).expand(1, 1, count, -1)
    return told(Course(nowhere, torch.zeros(1, count, 3), torch.full((1, count), UNKNOWN)), shots, size, telling)


def write_goldens(model: Papercut, folder: Path) -> None:
    """All goldens of a model, whose weights must be as they are stored."""
    folder.mkdir(parents=True, exist_ok=True)
    for film in (WHOLE, *FILMS):
        write_golden(model, film, folder)
    facts = {"steps": str(SAMPLE_STEPS), "cfg": str(SAMPLE_GUIDANCE), "shift": str(SAMPLE_SHIFT)}
    safetensors.save(
        folder / "golden_sample.safetensors", golden_sample(model), {"prompts": "|".join(SAMPLE), **facts}
    )


def write_golden(model: Papercut, film: Film, folder: Path) -> None:
    prompts = {"prompts": "|".join(film.shots)}
    safetensors.save(folder / f"{film.name}.safetensors", golden(model, film), prompts)


def shots_of(lengths: list[int]) -> torch.Tensor:
    """[1, frames]: the shot of every latent frame."""
    return torch.arange(len(lengths)).repeat_interleave(torch.tensor(lengths))[None]
