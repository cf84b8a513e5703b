"""Adversarial training of a finished model: what the mode of one pass draws is made to look like encoded films.

The network takes some steps of the sampler from pure noise, as the studio does, and the picture that it has in mind then is
shown to a critic beside the film that was rendered for the same prompts (Yin et al. 2024, "Improved Distribution Matching
Distillation"; the relativistic loss and its penalties as in Huang et al. 2024, "The GAN is dead; long live the GAN!"). The
critic reads attributes too, and so asks for what the prompt says. Beside it the network goes on learning velocities.
"""

from collections import defaultdict, deque
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F

from .attributes import UNKNOWN
from .critic import Critic, of_frames, of_motion, with_next
from .films import Films, Record
from .flow import Sampler
from .marks import marks_for
from .model import DENOISER, Papercut
from .noise import noise_for
from .optimizers import for_transformer
from .recall import carried_over
from .sample import few_mode, few_solver, levels_of
from .settings import EOS, AdversarialSettings, TransformerSettings
from .train_transformer import FlowLoss, films_of, without_padding
from .trainer import Facts, Stage, generator_for, precision, with_prefix
from .transformer import FEW_STEPS_OFFSET

REMEMBERED = 48
"""Batches of frames of one size that a critic can be shown again; the network has changed little since the oldest."""
MOST_CHANGE = 2.0
"""Deviation of what is wanted of a film, so that single ones do not count for all."""


class Shown(NamedTuple):
    """Frames that a critic compares, the first dimension being frames."""

    encoded: torch.Tensor
    ours: torch.Tensor
    known: torch.Tensor
    """Attributes that prompts tell."""


class Replay:
    """Frames that a critic has seen: it learns more from each by seeing it again, which costs little beside making it.

    They are not part of checkpoints: a resumed run gathers new ones.
    """

    def __init__(self) -> None:
        self._batches: dict[torch.Size, deque[Shown]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    def with_earlier(self, latest: Shown, count: int, generator: torch.Generator) -> Shown:
        """The latest frames and then so many batches seen before, of frames of the same size; keeps the latest."""
        earlier = self._batches[latest.ours.shape[1:]]
        places = torch.randint(len(earlier), (count,), generator=generator).tolist() if earlier else []
        batches = [latest, *(earlier[place] for place in places)]
        earlier.append(latest)
        return Shown(*map(torch.cat, zip(*batches)))


class AdversarialStage(Stage):
    name = "adversarial"
    warm_steps = 20

    def __init__(
        self,
        model: Papercut,
        settings: AdversarialSettings,
        training: TransformerSettings,
        films: Films,
        seed: int,
        shared_seed: int | None = None,
    ) -> None:
        """shared_seed: of all processes that train together, which take films of one kind and so need not wait."""
        self._model, self._denoiser = model, model.denoiser
        critic = Critic(model.config["ae"]["z"], settings.critic_width).to(model.mean.device)
        self._critic = critic
        self.network = nn.ModuleDict({DENOISER: model.denoiser, "critic": critic})
        self.ema = settings.ema
        self.optimizers = [
            *for_transformer(model.denoiser, settings.rate, settings.muon_rate),
            torch.optim.AdamW(critic.parameters(), lr=settings.critic_rate, betas=(0.0, 0.99), weight_decay=0),
        ]
        start, _ = training.guided
        self._flow = FlowLoss(model, replace(training, guided=(start, settings.guided)))
        self._replay = Replay()
        self._settings, self._films, self._seed = settings, films, seed
        self._shared_seed = seed if shared_seed is None else shared_seed

    def of_model(self, weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        return with_prefix(weights, f"{DENOISER}.")

    def loss(self, step: int, progress: float) -> tuple[torch.Tensor, Facts]:
        settings = self._settings
        until, to_read = settings.reading
        reads = progress < until
        # A critic that knows nothing yet would only do harm.
        alone = progress < settings.critic_alone
        self._denoiser.requires_grad_(not alone)
        draw = generator_for(torch.device("cpu"), self._shared_seed, step, 13)
        wanted = to_read if reads else settings.tokens
        kind, films = self._films.draw(settings.films, lambda kind: films_of(kind, wanted), draw)
        if reads:
            visible = of_frames(films["shown"], films["shots"])
            with precision(visible.device):
                _, logits = self._critic(with_next(films["latent"].float(), films["shots"]), visible)
            return self._misread(logits.float(), visible)
        steps = few_mode(self._model)["steps"]
        taken = int(torch.randint(settings.fewest_taken, steps, (), generator=draw))
        levels = levels_of(self._model, True, steps, kind.tokens)[: taken + 1]
        loss, facts = self._criticised(films, levels, step, alone, draw)
        if alone:
            return loss, facts
        error, of_flow = self._flow(self._denoiser, films, 1.0, self._seed, step)
        facts |= {"loss": of_flow["loss"], "tokens": of_flow["tokens"], "reuse": self._films.reuse}
        return loss + error, facts

    def _misread(self, logits: torch.Tensor, visible: torch.Tensor) -> tuple[torch.Tensor, Facts]:
        """How wrongly the critic reads attributes of frames of rendered films."""
        wrong = self._critic.wrong(logits, visible).mean()
        right = self._critic.right(logits, visible, "kind0")
        return self._settings.asking * wrong, {"wrong": wrong, "kind_right": right}

    def _made(self, films: Record, levels: list[float], step: int) -> torch.Tensor:
        """The picture that the network has in mind at the last of the levels, having come to it by its own steps."""
        latent = films["latent"]
        device = latent.device
        generator = generator_for(device, self._seed, step, 14)
        noise = noise_for(films, self._denoiser.noise_correlation, generator)
        marks = marks_for(films, self._denoiser.telling, generator)
        ids = without_padding(films["ids"])
        with precision(device):
            with torch.no_grad():
                sampler = Sampler(self._denoiser, ids, films["shots"], EOS, marks=marks)
                x = sampler.run(noise, levels, offset=FEW_STEPS_OFFSET, solver=few_solver(self._model))
            t = torch.full((len(x),), 1000 * levels[-1] + FEW_STEPS_OFFSET, device=device)
            velocity, _ = self._denoiser(x, t, ids, films["shots"], marks=marks)
        return x - levels[-1] * velocity.float()

    def _criticised(
        self, films: Record, levels: list[float], step: int, alone: bool, draw: torch.Generator
    ) -> tuple[torch.Tensor, Facts]:
        """The critic's own loss, and unless it is alone that of the network which made the films."""
        settings, critic, shots = self._settings, self._critic, films["shots"]
        made = self._made(films, levels, step)
        latest = Shown(
            with_next(films["latent"].float(), shots),
            with_next(made.detach(), shots),
            of_frames(known_from_prompts(films["shown"], films["told"]), shots),
        )
        encoded, ours, known = self._replay.with_earlier(latest, settings.again, draw)
        score, logits = critic(encoded, known)
        score_of_ours, logits_of_ours = critic(ours, known)
        # Of some frames only: they take gradients of gradients.
        some = torch.randperm(len(encoded), generator=draw)[: max(1, len(encoded) // settings.penalised)]
        penalty = sum(steepness(critic, x[some], known[some]) for x in (encoded, ours))
        count = len(latest.ours)
        wrong, facts = self._misread(logits[:count], of_frames(films["shown"], shots))
        loss = F.softplus(score_of_ours - score).mean() + wrong + settings.penalty / 2 * penalty
        facts |= {
            "kind_right_ours": critic.right(logits_of_ours[:count], latest.known, "kind0"),
            "told_apart": (score > score_of_ours)[:count].float().mean(),
            "penalty": penalty,
            "critic": loss,
        }
        if not alone:
            counts = self._counts(of_frames(films["told"], shots))
            direction = self._direction(made, levels[-1], shots, latest.known, score[:count].detach(), counts)
            facts["wish"] = direction.square().mean().sqrt()
            loss = loss + settings.weight * (made * direction).mean()
        return loss, facts

    def _counts(self, told: torch.Tensor) -> torch.Tensor:
        """How much attributes of frames count, of which their own prompts tell some [n, attributes].

        The others for more: only attention across shots lets the network know of those.
        """
        return torch.where(told == UNKNOWN, self._settings.carried, 1.0)

    def _direction(
        self,
        made: torch.Tensor,
        level: float,
        shots: torch.Tensor,
        known: torch.Tensor,
        score: torch.Tensor,
        counts: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Against which films should change, as the critic has it.

        At much noise there is no telling what a picture will be, and the best guess is the mean of many: there it is asked
        mostly to become what prompts say, later to look encoded. Motion is not asked for: of two frames the critic hardly
        reads it, and what it then wants makes films boil. counts: how much each attribute of a frame does, alike if None.
        """
        settings, critic = self._settings, self._critic
        ours = made.detach().requires_grad_()
        frozen = {name: x.detach() for name, x in critic.named_parameters()}
        score_of_ours, logits = functional_call(critic, frozen, (with_next(ours, shots), known))
        missed = critic.wrong(logits, known.masked_fill(of_motion(known.device), UNKNOWN), counts)
        loss = (1 - level) * F.softplus(score - score_of_ours) + settings.asking * missed
        (gradient,) = torch.autograd.grad(loss.sum(), ours)
        # Scores are means over cells, so that each counts for less where there are more.
        direction = gradient * ours.shape[-2] * ours.shape[-1]
        size = direction.square().mean((1, 2, 3, 4), keepdim=True).sqrt()
        return direction * (MOST_CHANGE / size.clamp(min=MOST_CHANGE))


def steepness(critic: Critic, frames: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Mean squared gradient of scores (Mescheder et al. 2018, eq. 9)."""
    frames = frames.detach().requires_grad_()
    score, _ = critic(frames, known)
    (gradient,) = torch.autograd.grad(score.sum(), frames, create_graph=True)
    return gradient.square().sum((1, 2, 3)).mean()


def known_from_prompts(shown: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
    """What prompts say of their shots, and what they leave out that an earlier one has said. All [films, shots, attributes]."""
    pairs = zip(shown.cpu().numpy(), told.cpu().numpy())
    carried = torch.from_numpy(np.stack([carried_over(*pair) for pair in pairs])).to(told.device)
    return torch.where(told != UNKNOWN, told, carried)
