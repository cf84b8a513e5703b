"""Training runs by name: for processors, for a GPU, and small ones for tests."""

from .film_kinds import (
    CUT,
    FOURSOME,
    GLIMPSE,
    LARGE,
    LARGE_UPRIGHT,
    LONG,
    LONG_SHOT,
    PAIR,
    SCENE,
    SHOT,
    SKETCH,
    SKETCH_SCENE,
    SQUARE,
    SQUARE_SCENE,
    STILL,
    STORY,
    TRIO,
    UPRIGHT,
    UPRIGHT_GLIMPSE,
    UPRIGHT_SCENE,
    FilmKind,
    Mix,
)
from .settings import (
    EOS,
    AdversarialSettings,
    AutoencoderSettings,
    DistillationSettings,
    OnePassSettings,
    Preset,
    SketchSettings,
    SparseSettings,
    TransformerSettings,
    WordsSettings,
)
from .world import MAX_WORDS


def _dit(
    dim: int,
    heads: int,
    layers: int,
    ffn: int,
    groups: int,
    z: int,
    text_dim: int,
    detail: int,
    reach: int,
    residuals: int,
    noise_correlation: float = 0.99,
    marks: int = 1,
    bearings: bool = True,
    sketch: int = 384,
    group_weight: float = 2.0,
    across_weight: float = 12.0,
    across_shots: int = 1,
) -> dict:
    """The engine takes widths that are a multiple of 64, and heads of a multiple of 4 up to 128.

    detail: channels of the convolutions over latent cells, a multiple of 4; reach: latent frames on either side that they
    blend over; residuals: pairs of them that draw further. noise_correlation: of neighbouring latent frames of a shot;
    marks: subjects of a shot that it is told the places of; bearings: whether tokens are told where they are; sketch: width
    of the network that guesses tokens from these. Branches of self-attention are one softmax; group_weight: how much keys
    of a token's group count in it, beside nearby ones, which are in two lists or in all;
    across_weight: how many times that those in other shots count for tokens of subjects; across_shots: of how many other
    shots they count in full: of more, each less, so that long films are made as short ones are.
    """
    return dict(
        dim=dim,
        heads=heads,
        layers=layers,
        ffn=ffn,
        z=z,
        patch=[1, 2, 2],
        freq_dim=256,
        groups=groups,
        win=[2, 2],
        aug=2,
        eps=1e-6,
        text_dim=text_dim,
        detail=detail,
        detail_reach=reach,
        detail_residuals=residuals,
        noise_correlation=noise_correlation,
        marks=marks,
        bearings=bearings,
        sketch=sketch,
        sketch_layers=4,
        branches="softmax",
        group_weight=group_weight,
        across_weight=across_weight,
        across_shots=across_shots,
        text_len=MAX_WORDS + 1,
    )


def _text_encoder(dim: int, heads: int, layers: int, ffn: int) -> dict:
    return dict(
        dim=dim,
        heads=heads,
        layers=layers,
        ffn=ffn,
        buckets=32,
        max_dist=128,
        max_len=MAX_WORDS + 1,
        pad=0,
        unk=1,
        eos=EOS,
    )


def _ae(z: int, enc: list[int], enc_mem: list[int], dec: list[int], dec_mem: list[int]) -> dict:
    """The engine takes channels that are a multiple of 4, of latents too."""
    return dict(
        kind="papercut", z=z, ps=4, spatial=16, temporal=4, enc=enc, enc_mem=enc_mem, dec=dec, dec_mem=dec_mem
    )


_CPU = Preset(
    dit=_dit(256, 4, 8, 1024, groups=4, z=16, text_dim=192, detail=64, reach=3, residuals=2),
    text_encoder=_text_encoder(192, 3, 3, 512),
    ae=_ae(16, [48, 96, 160], [1, 2], [160, 80, 32], [2, 1, 2]),
    autoencoder=AutoencoderSettings(
        films={FilmKind("clip", 320, 192, 4, (1, 2)): 1.0},
        batch=6,
        crop=112,
        rate=8e-4,
        noise=0.15,
        pool_films=256,
        reuse=4,
    ),
    words=WordsSettings(captions=192, rate=1e-3, muon_rate=0.02),
    sketch=SketchSettings(
        films={STILL: 0.6, PAIR: 0.15, GLIMPSE: 0.25}, tokens=4000, rate=1e-2, ema=0.998, reuse=25
    ),
    transformer=TransformerSettings(
        # Stills show as much of the world as shots do, for a tenth of the time; motion has to be seen to be learnt.
        phases=(
            (0.5, {STILL: 0.15, PAIR: 0.17, TRIO: 0.13, GLIMPSE: 0.35, SHOT: 0.12, CUT: 0.08}),
            (
                1.0,
                {STILL: 0.12, PAIR: 0.12, TRIO: 0.1, GLIMPSE: 0.28, SHOT: 0.18, CUT: 0.14, SCENE: 0.06},
            ),
        ),
        tokens=2000,
        rate=6e-4,
        muon_rate=0.01,
        ema=0.998,
        pool_bytes=2 << 30,
        reuse=8,
        guided=(0.1, 0.25),
        guidance=2.5,
        recall=0.1,
    ),
    distillation=DistillationSettings(
        films={SHOT: 0.4, CUT: 0.4, SCENE: 0.2}, tokens=1600, rate=2e-4, muon_rate=0.004, ema=0.995
    ),
    one_pass=OnePassSettings(
        films={STILL: 0.1, PAIR: 0.2, GLIMPSE: 0.25, CUT: 0.3, SCENE: 0.15},
        tokens=2400,
        rate=1e-4,
        muon_rate=0.0006,
        ema=0.98,
    ),
    adversarial=AdversarialSettings(
        films={
            STILL: 0.08,
            PAIR: 0.16,
            TRIO: 0.2,
            FOURSOME: 0.18,
            GLIMPSE: 0.26,
            CUT: 0.06,
            UPRIGHT_GLIMPSE: 0.06,
        },
        tokens=1000,
        rate=4e-5,
        muon_rate=0.0006,
        ema=0.99,
        critic_width=64,
        critic_rate=5e-4,
        reading=(0.2, 3840),
        critic_alone=0.225,
        penalised=8,
        again=3,
        reuse=2,
    ),
    sparse=SparseSettings(
        films={PAIR: 0.14, TRIO: 0.18, FOURSOME: 0.28, GLIMPSE: 0.28, CUT: 0.06, SCENE: 0.06},
        tokens=1400,
        rate=6e-5,
        muon_rate=0.001,
        ema=0.985,
    ),
    shares=(0.25, 0.05, 0.1, 0.35, 0.05, 0.2),
    workers=1,
    save_every=300,
)

_GPU = Preset(
    dit=_dit(320, 5, 8, 960, groups=4, z=24, text_dim=256, detail=80, reach=3, residuals=2),
    text_encoder=_text_encoder(256, 4, 3, 640),
    ae=_ae(24, [64, 128, 192], [1, 2], [144, 96, 36], [2, 1, 2]),
    autoencoder=AutoencoderSettings(
        films={
            FilmKind("clip", 320, 192, 4, (1, 2)): 0.6,
            FilmKind("upright clip", 192, 320, 4, (1, 2)): 0.1,
            FilmKind("square clip", 256, 256, 4, (1, 2)): 0.1,
            FilmKind("large clip", 832, 480, 4, (1, 2)): 0.2,
        },
        batch=48,
        crop=128,
        rate=1.2e-3,
        noise=0.1,
        pool_films=2000,
        reuse=8,
    ),
    words=WordsSettings(captions=512, rate=2e-3, muon_rate=0.02),
    sketch=SketchSettings(
        films={STILL: 0.4, PAIR: 0.1, SHOT: 0.3, UPRIGHT: 0.1, SQUARE: 0.05, LARGE: 0.05},
        tokens=65536,
        rate=1e-2,
        ema=0.995,
        reuse=8,
    ),
    transformer=TransformerSettings(
        phases=(
            (0.1, {STILL: 0.4, GLIMPSE: 0.3, SHOT: 0.1, CUT: 0.2}),
            (0.4, {STILL: 0.1, GLIMPSE: 0.2, SHOT: 0.2, CUT: 0.25, SCENE: 0.15, UPRIGHT: 0.05, SQUARE: 0.05}),
            (
                1.0,
                {
                    STILL: 0.04,
                    GLIMPSE: 0.08,
                    SHOT: 0.18,
                    CUT: 0.15,
                    SCENE: 0.2,
                    STORY: 0.08,
                    LONG: 0.07,
                    LONG_SHOT: 0.02,
                    UPRIGHT: 0.04,
                    UPRIGHT_SCENE: 0.03,
                    SQUARE: 0.03,
                    SQUARE_SCENE: 0.02,
                    LARGE: 0.05,
                    LARGE_UPRIGHT: 0.01,
                },
            ),
        ),
        tokens=49152,
        rate=1e-3,
        muon_rate=0.02,
        ema=0.998,
        pool_bytes=24 << 30,
        reuse=6,
        recall=0.2,
    ),
    distillation=DistillationSettings(
        films={SHOT: 0.35, CUT: 0.2, SCENE: 0.25, STORY: 0.06, UPRIGHT: 0.06, SQUARE: 0.04, LARGE: 0.04},
        tokens=32768,
        rate=3e-4,
        muon_rate=0.006,
        ema=0.99,
    ),
    one_pass=OnePassSettings(
        films={SHOT: 0.35, CUT: 0.2, SCENE: 0.25, STORY: 0.06, UPRIGHT: 0.06, SQUARE: 0.04, LARGE: 0.04},
        tokens=49152,
        rate=3e-4,
        muon_rate=0.004,
        ema=0.99,
    ),
    adversarial=AdversarialSettings(
        films={GLIMPSE: 0.3, SHOT: 0.2, CUT: 0.2, SCENE: 0.2, UPRIGHT: 0.05, SQUARE: 0.05},
        tokens=24576,
        rate=1e-4,
        muon_rate=0.0015,
        ema=0.99,
        critic_width=128,
        critic_rate=5e-4,
        reading=(0.1, 49152),
        critic_alone=0.15,
        again=1,
        reuse=2,
    ),
    sparse=SparseSettings(
        films={SHOT: 0.3, CUT: 0.15, SCENE: 0.25, STORY: 0.15, UPRIGHT_SCENE: 0.08, SQUARE_SCENE: 0.07},
        tokens=32768,
        rate=1e-4,
        muon_rate=0.002,
        ema=0.99,
    ),
    shares=(0.26, 0.03, 0.05, 0.42, 0.1, 0.14),
    workers=14,
    save_every=90,
)

_TOY_MIX: Mix = {SKETCH: 0.6, SKETCH_SCENE: 0.4}
_TOY = Preset(
    dit=_dit(128, 4, 3, 192, groups=3, z=20, text_dim=48, detail=12, reach=2, residuals=1, sketch=64),
    text_encoder=_text_encoder(48, 2, 2, 96),
    ae=_ae(20, [16, 16, 24], [1, 1], [24, 16, 12], [1, 1, 1]),
    autoencoder=AutoencoderSettings(
        films=_TOY_MIX, batch=4, crop=64, rate=2e-3, noise=0.1, pool_films=32, reuse=4
    ),
    words=WordsSettings(captions=24, rate=2e-3, muon_rate=0.02),
    sketch=SketchSettings(films=_TOY_MIX, tokens=240, rate=1e-2, ema=0.98, reuse=4),
    transformer=TransformerSettings(
        phases=((0.5, {SKETCH: 1.0}), (1.0, _TOY_MIX)),
        tokens=120,
        rate=1e-3,
        muon_rate=0.02,
        ema=0.98,
        pool_bytes=4 << 20,
        reuse=4,
        recall=0.3,
    ),
    distillation=DistillationSettings(
        films=_TOY_MIX, tokens=96, rate=2e-4, muon_rate=0.004, ema=0.95, steps=4, substeps=2
    ),
    one_pass=OnePassSettings(films=_TOY_MIX, tokens=120, rate=2e-4, muon_rate=0.004, ema=0.95),
    adversarial=AdversarialSettings(
        films=_TOY_MIX,
        tokens=60,
        rate=2e-4,
        muon_rate=0.004,
        ema=0.95,
        critic_width=8,
        critic_rate=1e-3,
        reading=(0.2, 120),
        critic_alone=0.4,
        again=0,
        reuse=2,
    ),
    sparse=SparseSettings(films=_TOY_MIX, tokens=96, rate=2e-4, muon_rate=0.004, ema=0.95),
    shares=(0.35, 0.1, 0.1, 0.15, 0.15, 0.15),
    workers=0,
    save_every=20,
)

PRESETS = {"cpu": _CPU, "gpu": _GPU, "toy": _TOY}
