import type { ModelConfig } from '../src/model/config.ts';
import { wanAutoencoder, wanTransformers, wanVideo } from '../src/model/wan.ts';
import type { TransformerShape } from '../src/plan/flops.ts';
import { planEvenFilm } from '../src/plan/geometry.ts';
import type { FilmGeometry, FlopCount } from '../src/plan/types.ts';
import { modelNames } from './kernels/task.ts';

/** A model of one block, and the films to run it on. */
export interface BlockModel {
  name: string;
  config: ModelConfig;
  films: readonly FilmGeometry[];
  /** Numbers of router groups to compare with dense attention. */
  groups: readonly number[];
}

/** Latent frames of a shot of five seconds at 24 frames a second. */
const shotLatentFrames = 30;

/**
 * Papercut at 1k, 2k, 4k, 8k, 16k and 64k tokens, so that growth shows from each to the next; Wan's width as far as the
 * machine goes. Films of more than `maxTokens` are left out.
 *
 * @param wanted `groups`: the only number of groups, in place of the usual ones
 */
export function blockModels(
  papercut: ModelConfig,
  software: boolean,
  { quick, maxTokens, groups }: { quick: boolean; maxTokens: number; groups: number | null },
): BlockModel[] {
  const film = { width: 320, height: 192, fps: 24 };
  const frames = quick ? [17, 68] : [17, 34, 68, 136, 273, 1092];
  const small: BlockModel = {
    name: modelNames.papercut,
    config: oneLayer(papercut, papercut.dit),
    films: frames.map((count) => evenFilm(film, count, papercut)),
    groups: groups === null ? [4, 5, 8, 20] : [groups],
  };
  const wan = wanTransformers['wan2.1-1.3b'];
  const wanModel = { dit: wan, ae: wanAutoencoder };
  // A software adapter takes ten seconds for a thousand tokens of this width; small pictures make them a film.
  const films = software
    ? [evenFilm({ ...wanVideo, width: 256, height: 160 }, 7, wanModel)]
    : [3, 10, 42, 370].map((count) => evenFilm(wanVideo, count, wanModel));
  const large: BlockModel = {
    name: modelNames.wan,
    config: oneLayer(papercut, wan),
    films,
    groups: groups === null ? (software ? [8] : [4, 5, 8, 20]) : [groups],
  };
  return (quick ? [small] : [small, large]).flatMap((model) => {
    const short = model.films.filter(({ tokens }) => tokens <= maxTokens);
    return short.length > 0 ? [{ ...model, films: short }] : [];
  });
}

function evenFilm(
  size: { width: number; height: number; fps: number },
  latentFrames: number,
  model: Parameters<typeof planEvenFilm>[3],
): FilmGeometry {
  return planEvenFilm(size, latentFrames, Math.max(1, Math.round(latentFrames / shotLatentFrames)), model);
}

/** One block, without a router. */
function oneLayer(model: ModelConfig, { groups: _, ...dit }: ModelConfig['dit']): ModelConfig {
  return { ...model, dit: { ...dit, layers: 1 } };
}

/** FLOPs of the blocks alone: without patches, head, time and what is done once to the text. */
export function blockFlops(count: FlopCount, shape: TransformerShape, tokens: number): number {
  const { group, window, frame, dense } = count.attention;
  const crossOfTokens = 4 * tokens * shape.dim ** 2 * shape.layers;
  return (
    count.projections +
    count.router +
    group +
    window +
    frame +
    dense +
    crossOfTokens +
    count.cross +
    count.ffn
  );
}
