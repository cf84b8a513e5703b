"""Films from a trained model.

    python -m papercut.sample MODEL SHEET.png [--few] [--device cuda]

MODEL is an exported folder, or `model` in a training run's folder. Makes a film of each of a few prompts and puts frames
of it into a contact sheet, a row a film.
"""

import argparse
from pathlib import Path

import torch

from . import attention, one_softmax
from .flow import Sampler, Solver, noise_levels, sampling_shift
from .layout import Mode
from .marks import marks_of
from .model import Papercut
from .noise import noise_of
from .pictures import sheet, write_png
from .text_encoder import tokenize
from .trainer import precision
from .transformer import FEW_STEPS_OFFSET

STEPS, GUIDANCE, SHIFT = 10, 3.5, 3.0
SOLVER = Solver.ADAMS
COLUMNS = 8
PROMPTS: list[list[tuple[str, int]]] = [
    [("a red sailboat moving right on the sea at sunset, medium shot", 13)],
    [("close up of a yellow hot air balloon rising over the mountains, by day", 13)],
    [("a green train moving left in the meadow, medium shot, static camera", 13)],
    [
        ("medium shot of a blue car moving right in the forest, by day", 7),
        ("close up of the car in the forest", 6),
    ],
    [
        ("wide shot of an orange rocket in outer space", 5),
        ("close up of the rocket, rising", 4),
        ("medium shot of the rocket moving left", 4),
    ],
]
"""Captions and latent frames of shots."""


class FilmMaker:
    """A model set up for sampling."""

    def __init__(self, model: Papercut, device: torch.device) -> None:
        self.model = model.to(device)
        self.model.denoiser.eval()
        self.model.autoencoder.eval()
        self.device = device

    def ids(self, captions: list[str]) -> torch.Tensor:
        """[1, shots, length]"""
        config = self.model.config["text_encoder"]
        lists = [tokenize(caption, self.model.vocabulary, config) for caption in captions]
        longest = max(map(len, lists))
        padded = [ids + [config["pad"]] * (longest - len(ids)) for ids in lists]
        return torch.tensor([padded], device=self.device)

    def sampler(
        self, ids: torch.Tensor, shots: torch.Tensor, mode: Mode = Mode.MOGA, marks: torch.Tensor | None = None
    ) -> Sampler:
        eos = self.model.config["text_encoder"]["eos"]
        return Sampler(self.model.denoiser, ids, shots, eos, mode, marks=marks)

    @torch.no_grad()
    def latent(
        self,
        captions: list[str],
        latent_frames: list[int],
        size: tuple[int, int],
        seed: int,
        steps: int = STEPS,
        guidance: float = GUIDANCE,
        few: bool = False,
        mode: Mode = Mode.MOGA,
    ) -> torch.Tensor:
        """[1, z, latent frames, height / 16, width / 16]. size: (width, height). few: the mode of few steps.

        Noise levels are those that the studio takes.
        """
        z = self.model.config["ae"]["z"]
        width, height = size
        shape = (1, z, sum(latent_frames), height // 16, width // 16)
        shots = torch.arange(len(latent_frames)).repeat_interleave(torch.tensor(latent_frames))[None]
        noise = noise_of(captions, shape, shots, seed, self.model.denoiser.noise_correlation)
        marks = marks_of(captions, shape[-2:], shots, seed, self.model.denoiser.telling)
        noise, shots = noise.to(self.device), shots.to(self.device)
        marks = None if marks is None else marks.to(self.device)
        with precision(self.device):
            sampler = self.sampler(self.ids(captions), shots, mode, marks)
            levels = levels_of(self.model, few, steps, noise[0, 0].numel() // 4)
            offset, solver = (FEW_STEPS_OFFSET, few_solver(self.model)) if few else (0.0, SOLVER)
            return sampler.run(noise, levels, guidance, offset, solver)

    @torch.no_grad()
    def frames(self, latent: torch.Tensor) -> torch.Tensor:
        """uint8 [frames, 3, height, width] on the processor"""
        with precision(self.device):
            return self.model.decode(latent)[0].cpu()


def few_mode(model: Papercut) -> dict:
    """Steps and shift of the mode without guidance, whichever way it was learnt; the usual ones where it was not."""
    return model.facts.get("few_steps") or model.facts.get("one_pass") or {"steps": 6, "shift": SHIFT}


def levels_of(model: Papercut, few: bool, steps: int, tokens: int, shift: float = SHIFT) -> list[float]:
    """Noise levels as the studio takes them: what was distilled has learnt those of one shift, whatever the length."""
    distilled = model.facts.get("few_steps") if few else None
    return noise_levels(steps, distilled["shift"] if distilled else sampling_shift(shift, tokens))


def few_solver(model: Papercut) -> Solver:
    """What was distilled has learnt its own steps, which are straight."""
    return Solver.EULER if "few_steps" in model.facts else SOLVER


def contact_sheet(
    maker: FilmMaker,
    path: Path,
    size: tuple[int, int],
    steps: int,
    guidance: float,
    few: bool,
    films: list[list[tuple[str, int]]] = PROMPTS,
) -> None:
    """Frames of films of the prompts above, a row a film."""
    rows = []
    for seed, film in enumerate(films):
        captions, lengths = ([shot[i] for shot in film] for i in range(2))
        frames = maker.frames(maker.latent(captions, lengths, size, seed, steps, guidance, few=few))
        places = torch.linspace(0, len(frames) - 1, COLUMNS).round().long()
        rows.append(list(frames[places].numpy()))
    write_png(path, sheet(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("sheet", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--few", action="store_true", help="the mode of few steps, without guidance")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--size", default="320x192")
    arguments = parser.parse_args()

    device = torch.device(arguments.device)
    attention.choose(device)
    one_softmax.choose(device)
    model = Papercut.load(arguments.model)
    width, height = map(int, arguments.size.split("x"))
    contact_sheet(
        FilmMaker(model, device),
        arguments.sheet,
        (width, height),
        arguments.steps or (few_mode(model)["steps"] if arguments.few else STEPS),
        arguments.guidance or (1.0 if arguments.few else GUIDANCE),
        arguments.few,
    )


if __name__ == "__main__":
    main()
