/** A run of rows [start, start + count). */
export interface Run {
  start: number;
  count: number;
}

/** One part of an attention list: every query row in `queries` attends to every key row in `keys`, and to no other. */
export interface Segment {
  /** Positions in the list's `queryRows`. */
  queries: Run;
  /** Positions in the list's `keyRows`. */
  keys: readonly Run[];
}

/**
 * Who attends to whom. Row lists turn positions into token rows; `null` is the identity.
 * Every query row occurs in exactly one segment.
 */
export interface SegmentList {
  queryRows: Uint32Array | null;
  keyRows: Uint32Array | null;
  segments: readonly Segment[];
}

/** Where a shot lies in the film. */
export interface ShotSpan {
  index: number;
  id: string;
  /** Latent frames. */
  latent: Run;
  /** Decoded frames. */
  frames: Run;
  /** Token rows. */
  tokens: Run;
  /** Real length after snapping to whole latent frames. */
  seconds: number;
}

/** Sizes of the film in every space that it passes through. */
export interface FilmGeometry {
  width: number;
  height: number;
  fps: number;
  /** Decoded frames, 1 + 4k. */
  frames: number;
  seconds: number;
  latent: { frames: number; height: number; width: number; channels: number };
  /** Token grid of one latent frame. */
  grid: { rows: number; columns: number };
  tokensPerFrame: number;
  tokens: number;
  shots: readonly ShotSpan[];
}

/** A run of whole latent frames that token-wise work and decoding go through at a time. */
export interface Chunk {
  index: number;
  latent: Run;
  tokens: Run;
}

/** FLOPs (two per multiply-add) of one forward pass by part. */
export interface FlopCount {
  patch: number;
  text: number;
  time: number;
  /** Q, K, V and output projections, all layers. */
  projections: number;
  /** Finding out who attends to whom. */
  router: number;
  attention: { group: number; window: number; frame: number; routed: number; dense: number };
  crossProjections: number;
  cross: number;
  ffn: number;
  head: number;
  /** Convolutions over latent cells. */
  detail: number;
  total: number;
}
