"""What a training run is told: sizes of the networks, the mix of films, rates and shares of time."""

from dataclasses import dataclass

from .film_kinds import Mix

EOS = 2


@dataclass(frozen=True)
class AutoencoderSettings:
    films: Mix
    batch: int
    crop: int
    rate: float
    noise: float
    """Greatest noise on latents, in their deviations: the decoder learns to forgive what sampling gets wrong."""
    pool_films: int
    reuse: float
    """How often a film is drawn from before a new one must have come."""


@dataclass(frozen=True)
class WordsSettings:
    """Of the text encoder's training by itself."""

    captions: int
    """A step."""
    rate: float
    muon_rate: float
    ema: float = 0.98


@dataclass(frozen=True)
class TransformerSettings:
    phases: tuple[tuple[float, Mix], ...]
    """The mix until a share of the time has passed."""
    tokens: int
    """A step."""
    rate: float
    """AdamW's, for embeddings, norms, biases and the routers."""
    muon_rate: float
    """For the matrices of the blocks."""
    ema: float
    pool_bytes: int
    reuse: float
    balance: tuple[float, float] = (0.1, 0.01)
    """Weight of the routers' balance, at the start and once groups are used alike."""
    confidence: float = 0.01
    """Weight of the routers' doubt: the winning probability scales the branch, and a doubtful router mutes it."""
    shared: float = 0.02
    """Weight of what marked subjects lack to a group of their own, in which they find each other across cuts."""
    subject: float = 2.0
    """Extra weight of latents that show a subject of usual size; of smaller ones more."""
    carried: float = 4.0
    """Further weight where a later caption leaves out the colour, which the subject must carry over from before."""
    no_prompt: float = 0.1
    """Share of films trained without prompts, for guidance."""
    unknown_word: float = 0.02
    guided: tuple[float, float] = (0.5, 0.15)
    """From which progress on, and for which share of films, the mode of few steps learns guided velocities."""
    guidance: float = 3.5
    probing: float = 0.3
    """Weight of what probes ask of words and of tokens; see `attributes`."""
    recall: float = 0.0
    """Share of the steps that have no pictures, and ask tokens of noise what prompts say; see `recall`."""
    spread: float = 0.4
    """Share of films laid out on the time axis as if they were part of a film of up to a minute."""


@dataclass(frozen=True)
class SketchSettings:
    """Of the first guess by itself."""

    films: Mix
    tokens: int
    """A step."""
    rate: float
    ema: float
    reuse: float
    """How often a film is drawn from before a new one must have come: a step takes less long than to render its films."""
    background: float = 0.4
    """Share of the tokens without a subject that a step sees: they are many, and sooner known."""


@dataclass(frozen=True)
class DistillationSettings:
    films: Mix
    tokens: int
    rate: float
    muon_rate: float
    ema: float
    steps: int = 6
    shift: float = 3.0
    guidance: float = 3.5
    substeps: int = 3
    """Guided steps of the teacher for one of the student's."""
    own_path: float = 0.6
    """Share of batches that start where the student's own steps have led, others from noised films."""
    replay: float = 0.25
    """Share of steps that train as before, so that the mode of many steps is kept."""


@dataclass(frozen=True)
class OnePassSettings:
    films: Mix
    tokens: int
    rate: float
    muon_rate: float
    ema: float
    guidance: float = 3.5
    share: float = 0.7
    """Of films that learn guidance in one pass; the others keep the other mode as it is."""


@dataclass(frozen=True)
class SparseSettings:
    films: Mix
    tokens: int
    rate: float
    muon_rate: float
    ema: float
    few: float = 0.8
    """Share of steps for the mode of few steps; the others are for the mode of two passes."""
    others: float = 2.0
    """How strongly shots see each other: 1 as under dense attention."""


@dataclass(frozen=True)
class AdversarialSettings:
    films: Mix
    tokens: int
    rate: float
    muon_rate: float
    ema: float
    critic_width: int
    critic_rate: float
    reading: tuple[float, int]
    """Until which progress the critic only learns to read attributes of rendered films, and by how many tokens a step."""
    critic_alone: float
    """Until which progress the critic learns by itself."""
    again: int
    """Batches that it is shown again in each step."""
    reuse: float
    """How often a film is drawn: films and prompts that are seen often are soon known by heart, and steps are slow beside
    rendering."""
    fewest_taken: int = 1
    """Steps of the sampler before the picture is looked at; at pure noise there is none yet."""
    weight: float = 0.3
    """Of what the critic wants changed, beside the error of velocities."""
    asking: float = 0.3
    """Of attributes, in what the critic wants changed and in what it learns."""
    carried: float = 3.0
    """How much more it asks for attributes that a shot's own prompt leaves out, and an earlier one has said."""
    penalty: float = 0.5
    """Of the critic's steepness."""
    penalised: int = 3
    """One in so many frames."""
    guided: float = 0.5
    """Share of films whose velocities are learnt in the mode of one pass."""


@dataclass(frozen=True)
class Preset:
    dit: dict
    text_encoder: dict
    ae: dict
    autoencoder: AutoencoderSettings
    words: WordsSettings
    sketch: SketchSettings
    transformer: TransformerSettings
    distillation: DistillationSettings
    one_pass: OnePassSettings
    adversarial: AdversarialSettings
    sparse: SparseSettings
    shares: tuple[float, ...]
    """Of the time, for each of `train.STAGES`."""
    workers: int
    """Processes that draw and render films; 0: rendered where they are needed, one after the other."""
    save_every: float
    """Seconds."""
