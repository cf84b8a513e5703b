"""Trains Papercut: autoencoder, words, then transformer, then the mode of few steps, which a critic sharpens at last.

    python -m papercut.train --preset gpu --device cuda --minutes 14 --out DIR
    python -m papercut.train --preset gpu --device cuda --minutes 14 --out DIR --resume

Stops by itself when its minutes are over; schedules follow them. On SIGTERM it saves and ends, to be resumed. DIR gets
`log.jsonl`, a checkpoint for each stage, and `model`, the running mean of all weights in half precision, which
`papercut.export` and `--init` read. All files are of 16 MiB at most.
"""

import argparse
import math
import shutil
import signal
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import torch

from . import attention, checkpoint, layers, one_softmax, world
from .adversarial import AdversarialStage
from .attributes import Probes
from .distil import DistillationStage
from .film_kinds import FilmKind
from .films import Direct, Films, Pool, Prepare, Prompting, Renderers, capacities, rendered, stacked
from .journal import Journal
from .model import AUTOENCODER, DENOISER, Papercut
from .one_pass import OnePassStage
from .optimizers import Mean
from .peers import gather
from .presets import PRESETS
from .recall import Recall
from .sample import FilmMaker, contact_sheet
from .settings import Preset
from .sketch import columns_of
from .sparse import SparseStage
from .stock import Stock
from .train_autoencoder import AutoencoderStage, DecoderStage, RefiningStage, keep_frames
from .train_sketch import SketchStage
from .train_transformer import NEVER, TransformerStage, latents_of
from .train_words import WordsStage
from .trainer import Budget, Run, Stage, Trainer, generator_for, precision

ADVERSARIAL = "adversarial"
STAGES = ("autoencoder", "words", "sketch", "transformer", "distillation", ADVERSARIAL)
ONE_PASS, DECODER, REFINING, SPARSE = APART = ("one_pass", "decoder", "refining", "sparse")
"""Stages by themselves, for a model that is finished. The first teaches what distillation does too, and costs less."""
FINISHING = (ONE_PASS, ADVERSARIAL, SPARSE)
"""Stages of a denoiser that has nothing to learn in new words or layers."""
NETWORK_OF = {
    **dict.fromkeys(("autoencoder", DECODER, REFINING), AUTOENCODER),
    **dict.fromkeys(("words", "sketch", "transformer", "distillation", *FINISHING), DENOISER),
}
MODEL, TEACHER = "model", "teacher"
SCALE_FILMS = 64
"""Films that the scale of latents is measured on."""
FILMS, SKETCH_FILMS = 4096, 60_000
"""Of a kind, kept to be drawn from; the sketch knows few ones by heart."""
TEST_FILMS = 12
TEST_SEED = 1 << 41
SHEET_STEPS = 12
PEER_SEEDS = 7919
"""Between the seeds of processes that train together."""


class Training:
    """A run under way."""

    def __init__(
        self,
        preset: Preset,
        model: Papercut,
        run: Run,
        seed: int,
        renderers: Renderers | None,
        stock: Path | None = None,
    ):
        """stock: a folder of films in place of those that renderers would make."""
        self.preset, self.model, self.run, self.seed = preset, model, run, seed
        self._renderers, self._stock = renderers, stock
        self.scope = world.Scope(model.facts["scope"])
        self._prompting = Prompting(model.vocabulary, model.config["text_encoder"])
        self._probes = Probes(model.config["text_encoder"]["dim"], model.config["dit"]["dim"])
        self._probes.to(run.device)

    def stage(self, name: str, budget: Budget) -> None:
        """Trains a stage to the end of its budget, and leaves the mean weights in the model."""
        if name not in ("autoencoder", "words") and not self.model.autoencoder.decoder.lin_w.any():
            raise SystemExit(
                "There is no autoencoder yet: train that stage first, or start from a model by --init."
            )
        # Shapes are few and always the same in the autoencoder's training alone.
        torch.backends.cudnn.benchmark = name == "autoencoder"
        if name in ("distillation", ONE_PASS, SPARSE):
            self._recall_teacher(name)
        if name == "distillation":
            settings = self.preset.distillation
            self.model.facts["few_steps"] = {"steps": settings.steps, "shift": settings.shift}
            self.model.facts.pop("one_pass", None)
        elif (
            name == ONE_PASS
            or (name == ADVERSARIAL and "few_steps" not in self.model.facts)
            or (name == "transformer" and self.preset.transformer.guided != NEVER)
        ):
            settings = self.preset.distillation
            self.model.facts["one_pass"] = {"steps": settings.steps, "shift": settings.shift}
            self.model.facts.pop("few_steps", None)
        films = self._films(name)
        stage = self._make(name, films)
        trainer = Trainer(stage, self.run, budget)
        if trainer.step == 0:
            if isinstance(stage, (AutoencoderStage, OnePassStage)):
                stage.start()
            # What begins by chance, or by films, is another thing in every process.
            self.run.peers.begin_alike(stage.network)
            trainer.mean = Mean(stage.network, stage.ema)
        already = trainer.step
        stage.network.load_state_dict(trainer.train())
        peers = self.run.peers
        if peers.agree(float(self.run.stopping.is_set())):
            self.run.stopping.set()
            return
        if peers.leads and (
            trainer.step > already or name not in self.model.facts.get("finished", [])
        ):
            self._finish(name, stage, films)
        if name == "autoencoder":
            # Measured by the leader, and what everybody's latents are scaled by.
            peers.hand_round(self.model.mean)
            peers.hand_round(self.model.deviation)
        films.close()

    def _recall_teacher(self, stage: str) -> None:
        """Puts the denoiser that a stage began with into the model.

        Where there is none, or the transformer was trained further since, the one there is becomes the teacher.
        """
        folder = self.run.folder / TEACHER
        trained = {"steps": self.model.facts.get("steps", {}).get("transformer", 0)}
        found = checkpoint.load(folder) if self.run.resume else None
        if found and found[1] == trained:
            self.model.denoiser.load_state_dict(found[0])
        elif self.run.peers.leads:
            checkpoint.save(folder, self.model.denoiser.state_dict(), trained)
            shutil.rmtree(self.run.folder / stage, ignore_errors=True)

    def _make(self, name: str, films: Films) -> Stage:
        preset, model, seed = self.preset, self.model, self.seed
        shared = seed - PEER_SEEDS * self.run.peers.rank
        match name:
            case "autoencoder":
                return AutoencoderStage(model, preset.autoencoder, films, seed)
            case "words":
                return WordsStage(model, self._probes, preset.words, self._prompting, seed)
            case "sketch":
                return SketchStage(model, preset.sketch, films, self._prompting, seed)
            case "transformer":
                recall = Recall(self._probes, preset.transformer, self._prompting, self.scope)
                return TransformerStage(model, self._probes, preset.transformer, films, recall, seed, shared)
            case "one_pass":
                return OnePassStage(model, preset.one_pass, preset.transformer, films, seed)
            case "adversarial":
                return AdversarialStage(model, preset.adversarial, preset.transformer, films, seed, shared)
            case "sparse":
                return SparseStage(model, preset.sparse, preset.transformer, films, seed, shared)
            case "decoder":
                return DecoderStage(model, preset.autoencoder, films, seed)
            case "refining":
                return RefiningStage(model, preset.autoencoder, films, seed)
            case _:
                return DistillationStage(model, preset.distillation, preset.transformer, films, seed)

    def _films(self, name: str) -> Films:
        of_pictures = NETWORK_OF[name] == AUTOENCODER
        prepare: Prepare = keep_frames(self.run.device) if of_pictures else latents_of(self.model)
        kinds = kinds_of(self.preset, [name])
        if self._stock and not of_pictures and name != "words":
            return Stock(self._stock, kinds, self.run.device)
        if self._renderers is None or name == "words":
            return Direct(self.scope, self._prompting, prepare)
        if of_pictures:
            settings = self.preset.autoencoder
            capacity = {
                kind: max(16, round(share * settings.pool_films)) for kind, share in settings.films.items()
            }
            return Pool(self._renderers, prepare, capacity, settings.reuse)
        z = self.model.config["ae"]["z"]
        training = self.preset.transformer
        most = SKETCH_FILMS if name == "sketch" else FILMS
        capacity = capacities(kinds, lambda kind: 8 * kind.tokens * z, training.pool_bytes, most)
        reuse = {ADVERSARIAL: self.preset.adversarial.reuse, "sketch": self.preset.sketch.reuse}
        return Pool(self._renderers, prepare, capacity, reuse.get(name, training.reuse))

    def _finish(self, name: str, stage: Stage, films: Films) -> None:
        """What is measured and shown when a stage is done."""
        model, journal = self.model, self.run.journal
        model.facts["finished"] = list(dict.fromkeys([*model.facts.get("finished", []), name]))
        if NETWORK_OF[name] == AUTOENCODER:
            if name == "autoencoder":
                self._measure_scale(films)
            psnr = self._psnr()
            model.facts["psnr"] = round(psnr, 2)
            journal.tell("psnr", decibels=psnr)
        elif isinstance(stage, WordsStage):
            journal.tell("understood", **stage.right())
        elif isinstance(stage, SketchStage):
            kind = next(iter(self.preset.sketch.films))
            journal.tell("sketched", **stage.off(kind, world.Split.HELD_OUT))
        else:
            few = name != "transformer"
            settings = self.preset.distillation
            kind = next(iter(settings.films))
            contact_sheet(
                FilmMaker(model, self.run.device),
                self.run.folder / f"{name}.png",
                (kind.width, kind.height),
                settings.steps if few else SHEET_STEPS,
                1.0 if few else settings.guidance,
                few,
            )
        model.save(self.run.folder / MODEL)

    @torch.no_grad()
    def _measure_scale(self, films: Films) -> None:
        """Mean and deviation of raw latents, by channel, to which they are scaled for the transformer."""
        model, settings = self.model, self.preset.autoencoder
        generator = generator_for(torch.device("cpu"), self.seed, 8)
        z = model.config["ae"]["z"]
        count, total, squares = 0, 0.0, 0.0
        for _ in range(-(-SCALE_FILMS // settings.batch)):
            _, record = films.draw(settings.films, lambda _: settings.batch, generator)
            for film in record["frames"]:
                with precision(self.run.device, alike=True):
                    raw = model.autoencoder.encoder(film[None].float().div_(127.5).sub_(1))
                raw = raw.transpose(0, 2).reshape(z, -1).double()
                count += raw.shape[1]
                total, squares = total + raw.sum(1), squares + raw.square().sum(1)
        mean = total / count
        model.mean = mean.float()
        model.deviation = (squares / count - mean.square()).clamp(min=1e-6).sqrt().float()

    @torch.no_grad()
    def _psnr(self) -> float:
        """Mean over held-out films, in decibels, of what encoding and decoding keeps."""
        kind = next(iter(self.preset.distillation.films))
        decibels = []
        for number in range(TEST_FILMS):
            film = rendered(kind, self.scope, self._prompting, TEST_SEED + number, world.Split.HELD_OUT)
            frames = stacked([film])["frames"].to(self.run.device)
            with precision(self.run.device, alike=True):
                decoded = self.model.decode(self.model.encode(frames))
            error = (decoded.float() - frames.float()).square().mean().item()
            decibels.append(10 * math.log10(255**2 / max(error, 1e-9)))
        return sum(decibels) / len(decibels)


def kinds_of(preset: Preset, stages: Iterable[str]) -> list[FilmKind]:
    """Every kind of film that stages need, once."""
    mixes = {
        "autoencoder": [preset.autoencoder.films],
        "words": [],
        "sketch": [preset.sketch.films],
        "transformer": [mix for _, mix in preset.transformer.phases],
        "distillation": [preset.distillation.films, preset.transformer.phases[-1][1]],
        ONE_PASS: [preset.one_pass.films],
        ADVERSARIAL: [preset.adversarial.films],
        SPARSE: [preset.sparse.films],
        DECODER: [preset.autoencoder.films],
        REFINING: [preset.autoencoder.films],
    }
    return list(dict.fromkeys(kind for stage in stages for mix in mixes[stage] for kind in mix))


def arguments_of(command: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--preset", choices=PRESETS, default="cpu")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--minutes", type=float, default=60, help="of training, over all resumptions")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoints in --out")
    parser.add_argument("--scope", choices=list(world.Scope), default="full", help="how much of the world")
    parser.add_argument("--stage", choices=("all", *STAGES, *APART), default="all")
    parser.add_argument("--shares", help="of the minutes, e.g. 0.3,0.5,0.2, in place of the preset's")
    parser.add_argument("--init", type=Path, help="start from a model; its autoencoder stays as it is")
    parser.add_argument("--stock", type=Path, help="draw from films that papercut.stock made, in place of fresh ones")
    parser.add_argument("--workers", type=int, help="processes that render, in place of the preset's")
    parser.add_argument("--tokens", type=int, help="of a step of the transformer, in place of the preset's")
    parser.add_argument("--threads", type=int, help="of PyTorch on the processor")
    parser.add_argument("--processes", type=int, default=1, help="that train together on a processor's cores")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, help="of each stage, in place of minutes: a repeatable run")
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile alone on a GPU")
    return parser.parse_args(command)


def model_for(arguments: argparse.Namespace, preset: Preset) -> Papercut:
    """The model to go on with: a resumed run's, another's, or a fresh one."""
    earlier = arguments.out / MODEL
    if arguments.resume and earlier.exists():
        return Papercut.load(earlier)
    if arguments.init is None:
        return Papercut.untrained(preset, world.Scope(arguments.scope))
    model = Papercut.load(arguments.init)
    if not model.facts.pop("encoder", True):
        raise SystemExit(f"{arguments.init} has no encoder: name the `model` folder of its training run.")
    if NETWORK_OF.get(arguments.stage) == AUTOENCODER:
        model.facts["scope"] = arguments.scope
        return model
    words = world.vocabulary(world.Scope(arguments.scope))
    if arguments.stage not in FINISHING:
        if model.vocabulary != words:
            model.learn_words(words, preset.text_encoder["max_len"])
        if "detail" not in model.config["dit"]:
            model.denoiser.transformer.add_detail(preset.dit["detail"])
        model.denoiser.transformer.widen_detail(preset.dit["detail_reach"], preset.dit["detail_residuals"])
    if "marks" not in model.config["dit"]:
        model.denoiser.transformer.add_marks(preset.dit["marks"])
    if preset.dit["bearings"] and not model.config["dit"].get("bearings") and arguments.stage not in FINISHING:
        model.denoiser.transformer.add_bearings()
    if preset.dit["sketch"] and not model.config["dit"].get("sketch") and arguments.stage not in FINISHING:
        grids = columns_of(world.Scope(arguments.scope))
        sizes = preset.dit["sketch"], preset.dit["sketch_layers"], len(words)
        model.denoiser.transformer.add_sketch(*sizes, grids)
    ways = ("branches", "group_weight", "across_weight", "across_shots")
    model.denoiser.transformer.combine_branches(*(preset.dit[way] for way in ways))
    model.config["dit"].pop("noise_subjects", None)  # what older checkpoints had in place of marks
    model.config["dit"]["noise_correlation"] = preset.dit["noise_correlation"]
    # Of its training only what still holds: the autoencoder stays, and the mode of few steps where it goes on.
    goes_on = arguments.stage in (ADVERSARIAL, SPARSE)
    holds = ("psnr", "few_steps", "one_pass") if goes_on else ("psnr",)
    model.facts = {"scope": arguments.scope, **{key: x for key, x in model.facts.items() if key in holds}}
    return model


def main(command: list[str] | None = None) -> None:
    arguments = arguments_of(command)
    peers = gather(arguments.processes, sys.argv[1:] if command is None else command)
    # Each process draws films and noise of its own.
    arguments.seed += PEER_SEEDS * peers.rank
    preset = PRESETS[arguments.preset]
    if arguments.tokens:
        preset = replace(preset, transformer=replace(preset.transformer, tokens=arguments.tokens))
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    device = torch.device(arguments.device)
    torch.manual_seed(arguments.seed)
    model = model_for(arguments, preset)
    stages = STAGES if arguments.stage == "all" else (arguments.stage,)
    if arguments.init and arguments.stage == "all":
        stages = STAGES[1:]
    shares = tuple(map(float, arguments.shares.split(","))) if arguments.shares else preset.shares
    workers = preset.workers if arguments.workers is None else arguments.workers
    if arguments.stock:
        workers = 0
    renderers = None
    kinds = kinds_of(preset, stages)
    if workers and kinds and not arguments.steps:
        prompting = Prompting(model.vocabulary, model.config["text_encoder"])
        scope = world.Scope(model.facts["scope"])
        # A resumed run goes on with films that it has not seen.
        seed = arguments.seed + 1000 * sum(model.facts.get("steps", {}).values())
        renderers = Renderers(kinds, scope, prompting, workers, seed)

    journal = Journal(arguments.out / "log.jsonl", silent=not peers.leads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    journal.tell(
        "start",
        torch=torch.__version__,
        device=torch.cuda.get_device_name() if device.type == "cuda" else "cpu",
        attention=attention.choose(device),
        one_softmax=one_softmax.choose(device),
        compiling=layers.fuse() if device.type == "cuda" and not arguments.no_compile else "off",
        workers=workers,
    )
    model.to(device)
    counts = {
        name: sum(x.numel() for x in network.parameters()) for name, network in model.networks().items()
    }
    journal.tell("parameters", **counts)

    def on_save(stage: str, step: int, weights: dict[str, torch.Tensor]) -> None:
        model.facts.setdefault("steps", {})[stage] = step
        model.save(arguments.out / MODEL, {NETWORK_OF[stage]: weights})

    run = Run(arguments.out, device, journal, preset.save_every, arguments.resume, on_save, peers=peers)
    training = Training(preset, model, run, arguments.seed, renderers, arguments.stock)
    share_of = {**dict(zip(STAGES, shares)), **dict.fromkeys(APART, 1.0)}
    whole = sum(share_of[stage] for stage in stages)
    signal.signal(signal.SIGTERM, lambda *_: run.stopping.set())
    for stage in stages:
        if run.stopping.is_set():
            break
        share = share_of[stage] / whole
        budget = Budget(60 * arguments.minutes * share)
        if arguments.steps:
            budget = Budget(steps=arguments.steps)
        training.stage(stage, budget)
    if renderers:
        renderers.close()
    journal.tell("stopped" if run.stopping.is_set() else "done")


if __name__ == "__main__":
    main()
