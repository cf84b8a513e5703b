import { invariant } from '../lib/errors.ts';
import type { ModelConfig, PapercutDecoderConfig } from '../model/config.ts';
import { detailFlops, guessValues, markValues, type Sized } from './detail.ts';
import { firstOfEvery } from './guidance.ts';
import {
  type AttentionMode,
  attentionFor,
  chunkScoreFlops,
  clusteringFlops,
  denseLayers,
  denseSteps,
  expectedDensity,
  kmeansSettings,
  mocPairs,
  mocSettings,
} from './routing.ts';
import {
  countPairs,
  crossSegments,
  denseSegments,
  frameSegments,
  seesOneRow,
  sharedTextSegments,
  windowSegments,
} from './segments.ts';
import { taehvFlops } from './taehv.ts';
import type { FilmGeometry, FlopCount } from './types.ts';
import { wanVaeFlops } from './wanVae.ts';

/** The sizes of a transformer that its arithmetic depends on. */
export type TransformerShape = Sized &
  Pick<
    ModelConfig['dit'],
    'layers' | 'ffn' | 'freq_dim' | 'groups' | 'win' | 'aug' | 'text_dim' | 'text_len' | 'text_padded'
  >;

/**
 * FLOPs of one forward pass over the whole film, counted over the same segment lists that the engine
 * executes: two per multiply-add, 4 * dim for every query-key pair of a layer (scores and weighted sum).
 * Norms, softmax and other elementwise work are left out, as MoGA's published figures do. The routed branch
 * assumes groups of equal size: tokens² / groups pairs; clusters are assumed to keep the share of pairs that Sparse
 * VideoGen2 reports. For both and for chunks this is a pass after the dense steps at the start of a film.
 *
 * `textLengths` are the prompt rows of each shot, or of the one prompt that all shots share; by default every prompt is
 * padded to `text_len` rows.
 */
export function countFlops(
  shape: TransformerShape,
  geometry: FilmGeometry,
  attention: AttentionMode,
  textLengths: readonly number[] = geometry.shots.map(() => shape.text_len),
): FlopCount {
  const { dim, ffn, layers, groups } = shape;
  const { tokens } = geometry;
  const rows = textRows(shape, textLengths);
  const seen = shape.text_padded
    ? textLengths.map((length) => Math.max(length, shape.text_len))
    : textLengths;
  const [shared] = seen;
  const textSegments =
    seen.length === 1 && shared !== undefined
      ? sharedTextSegments(geometry, shared)
      : crossSegments(geometry, seen);
  // One row has one value for every token: it is projected once, and nothing is asked or scored.
  const oneRow = seesOneRow(textSegments, rows);
  const crossRows = oneRow ? 1 : 2 * tokens;
  const patchValues = shape.z * shape.patch[0] * shape.patch[1] * shape.patch[2];
  const pairs = (count: number) => 4 * dim * count * layers;

  const parts = {
    patch: matmul(tokens, patchValues + markValues(shape) + guessValues(shape), dim),
    text: matmul(rows, shape.text_dim, dim) + matmul(rows, dim, dim),
    time: matmul(1, shape.freq_dim, dim) + matmul(1, dim, dim) + matmul(1, dim, 6 * dim),
    projections: 4 * matmul(tokens, dim, dim) * layers,
    crossProjections: (matmul(crossRows, dim, dim) + 2 * matmul(rows, dim, dim)) * layers,
    cross: oneRow ? 0 : pairs(countPairs(textSegments)),
    ffn: 2 * matmul(tokens, dim, ffn) * layers,
    head: matmul(tokens, dim, patchValues),
    detail: tokens * detailFlops(shape),
  };

  const branches = { group: 0, window: 0, frame: 0, routed: 0, dense: 0 };
  let router = 0;
  const allPairs = countPairs(denseSegments(geometry));
  const routedLayers = layers - denseLayers(attention, layers);
  if (attention === 'dense') {
    branches.dense = pairs(allPairs);
  } else if (attention === 'kmeans') {
    router = routedLayers * clusteringFlops(kmeansSettings(geometry), dim, tokens);
    branches.routed = 4 * dim * routedLayers * expectedDensity * allPairs;
    branches.dense = 4 * dim * (layers - routedLayers) * allPairs;
  } else if (attention === 'moc') {
    const settings = mocSettings(geometry);
    router = routedLayers * chunkScoreFlops(geometry, settings, dim);
    branches.routed = 4 * dim * routedLayers * mocPairs(geometry, settings);
    branches.dense = 4 * dim * (layers - routedLayers) * allPairs;
  } else {
    invariant(groups !== undefined, 'grouped attention needs a model with router groups');
    router = matmul(tokens, dim, groups) * layers;
    branches.group = pairs(tokens ** 2 / groups);
    branches.window = pairs(countPairs(windowSegments(geometry, shape.win, shape.aug)));
    branches.frame = pairs(countPairs(frameSegments(geometry)));
  }

  return {
    ...parts,
    router,
    attention: branches,
    total: total([...Object.values(parts), router, ...Object.values(branches)]),
  };
}

/** Rows of text that are embedded: those of the prompts, and one more for all padding where a model attends to it. */
function textRows({ text_padded = false }: TransformerShape, textLengths: readonly number[]): number {
  return total(textLengths) + Number(text_padded);
}

/** The part of a forward pass that is done once for all steps: the text's embedding, its keys and its values. */
function countTextFlops(shape: TransformerShape, textLengths: readonly number[]): number {
  const { dim, layers, text_dim } = shape;
  const rows = textRows(shape, textLengths);
  return matmul(rows, text_dim, dim) + (1 + 2 * layers) * matmul(rows, dim, dim);
}

/** The part of a forward pass that grows with tokens only: everything but attention and the router. */
export function linearFlops(count: FlopCount): number {
  return (
    count.patch +
    count.text +
    count.time +
    count.projections +
    count.crossProjections +
    count.ffn +
    count.head +
    count.detail
  );
}

type TextEncoderShape = Pick<ModelConfig['text_encoder'], 'dim' | 'ffn' | 'layers'>;

type PapercutDecoderShape = Pick<
  PapercutDecoderConfig,
  'z' | 'ps' | 'dec' | 'dec_mem' | 'spatial' | 'temporal'
>;

/** FLOPs of a whole film by stage. */
export interface FilmFlops {
  /** Encoding the prompts, and the keys and values that the transformer makes of them. */
  text: number;
  denoise: number;
  decode: number;
  total: number;
}

/**
 * FLOPs of making a film in `steps` denoising steps. A step makes one forward pass for each entry of `passes`, which
 * holds the prompt rows of every shot; with guidance a second pass has those of the one negative prompt. It is made on
 * the first of every `guidanceEvery` steps.
 */
export function countFilmFlops(
  model: { dit: TransformerShape; text_encoder: TextEncoderShape; ae: ModelConfig['ae'] },
  geometry: FilmGeometry,
  attention: AttentionMode,
  steps: number,
  passes: readonly (readonly number[])[],
  guidanceEvery = 1,
): FilmFlops {
  const mode = attentionFor(attention, model.dit);
  const dense = denseSteps(mode, steps);
  const onceOf = (lengths: readonly number[]): number => countTextFlops(model.dit, lengths);
  const forward = (kind: AttentionMode, lengths: readonly number[]): number =>
    countFlops(model.dit, geometry, kind, lengths).total - onceOf(lengths);
  /** Of the steps from one to another, at the end of which so many passes of each kind have been made. */
  const stepsOf = (kind: AttentionMode, from: number, to: number): number =>
    from === to
      ? 0
      : total(
          passes.map((lengths, pass) => {
            const made = (steps: number): number => (pass === 0 ? steps : firstOfEvery(guidanceEvery, steps));
            return (made(to) - made(from)) * forward(kind, lengths);
          }),
        );
  const stages = {
    text: total(
      passes.map((lengths) => countTextEncoderFlops(model.text_encoder, lengths) + onceOf(lengths)),
    ),
    denoise: stepsOf('dense', 0, dense) + stepsOf(mode, dense, steps),
    decode: decoderFlops(model.ae, geometry.latent),
  };
  return { ...stages, total: total(Object.values(stages)) };
}

/** FLOPs of encoding prompts of the given lengths, each by itself. */
export function countTextEncoderFlops(encoder: TextEncoderShape, textLengths: readonly number[]): number {
  const { dim, ffn, layers } = encoder;
  const perLayer = textLengths.map((length) => {
    const projections = 4 * matmul(length, dim, dim);
    const feedForward = 3 * matmul(length, dim, ffn);
    const attention = 4 * dim * length ** 2;
    return projections + feedForward + attention;
  });
  return layers * total(perLayer);
}

/** FLOPs of decoding the film, whichever decoder it is. */
function decoderFlops(ae: ModelConfig['ae'], latent: FilmGeometry['latent']): number {
  switch (ae.kind) {
    case 'wan-vae':
      return wanVaeFlops(latent, ae);
    case 'taehv':
      return taehvFlops(latent, ae);
    case 'papercut':
      return countDecodeFlops(ae, latent);
  }
}

/**
 * FLOPs of decoding the film with Papercut's decoder: its convolutions, whose three stages run at 1, 2 and 4
 * times the latent's width, height and rate, and the linear path beside them. The frames that are dropped at
 * the start of the film are computed too, so they count.
 */
export function countDecodeFlops(autoencoder: PapercutDecoderShape, latent: FilmGeometry['latent']): number {
  const { z, ps, dec, dec_mem, spatial, temporal } = autoencoder;
  const [wide, middle, narrow] = dec;
  const cells = latent.frames * latent.height * latent.width;
  const pictureValues = 3 * ps ** 2;

  const first =
    conv3x3(z, wide) +
    dec_mem[0] * memoryBlock(wide) +
    matmul(1, wide, 8 * middle) +
    matmul(1, z, 3 * spatial ** 2 * temporal);
  const second = dec_mem[1] * memoryBlock(middle) + matmul(1, middle, 8 * narrow);
  const third =
    conv3x3(pictureValues, narrow) + dec_mem[2] * memoryBlock(narrow) + conv3x3(narrow, pictureValues);
  return cells * (first + 8 * second + 64 * third);
}

/** Three 3x3 convolutions, the first of which sees the previous step's channels as well. */
function memoryBlock(channels: number): number {
  return conv3x3(2 * channels, channels) + 2 * conv3x3(channels, channels);
}

function conv3x3(inputs: number, outputs: number): number {
  return matmul(1, 9 * inputs, outputs);
}

function matmul(rows: number, inputs: number, outputs: number): number {
  return 2 * rows * inputs * outputs;
}

function total(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum + part, 0);
}
