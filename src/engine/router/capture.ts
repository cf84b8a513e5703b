import { allDone } from '../../lib/allDone.ts';
import { invariant } from '../../lib/errors.ts';
import type { Dispatch, Gpu } from '../gpu/gpu.ts';
import type { Dit, Trace } from '../models/dit.ts';
import { packChoices, packedWords } from './packChoices.ts';

/** What the router did with every token in every block of one step. */
export interface StepChoices {
  layers: number;
  tokens: number;
  /** [layers, tokens]: the group of a token. */
  groups: Uint8Array<ArrayBuffer>;
  /** [layers, tokens]: how sure the router was, its probability in 255ths. */
  certainties: Uint8Array<ArrayBuffer>;
}

/** Groups that a byte tells apart. */
const mostGroups = 256;

/** Keeps the router's choices of the pass that it traces, until the next pass takes their place. */
export class RouterCapture {
  readonly #gpu: Gpu;
  readonly #packed: GPUBuffer;
  readonly #dispatches: readonly Dispatch[];
  readonly #layers: number;
  readonly #tokens: number;

  private constructor(
    gpu: Gpu,
    packed: GPUBuffer,
    dispatches: readonly Dispatch[],
    layers: number,
    tokens: number,
  ) {
    this.#gpu = gpu;
    this.#packed = packed;
    this.#dispatches = dispatches;
    this.#layers = layers;
    this.#tokens = tokens;
  }

  /** null where nothing is routed: dense attention, or a model without a router. */
  static async create(
    gpu: Gpu,
    dit: Dit,
    { layers, groups = 0 }: { layers: number; groups?: number | undefined },
  ): Promise<RouterCapture | null> {
    const { routing } = dit;
    if (!routing || groups > mostGroups) return null;
    const { tokens } = dit.geometry;
    const words = packedWords(tokens);
    const packed = gpu.buffer('router choices', layers * words * 4);
    const dispatches = await allDone(
      Array.from({ length: layers }, (_, layer) =>
        packChoices(gpu, { ...routing, packed, tokens, firstWord: layer * words }),
      ),
    );
    return new RouterCapture(gpu, packed, dispatches, layers, tokens);
  }

  /** Goes into the forward pass whose choices are to be kept; changes nothing of what the pass computes. */
  readonly trace: Trace = (name) => {
    const layer = /^group(\d+)$/.exec(name)?.[1];
    return layer === undefined ? null : (this.#dispatches[Number(layer)] ?? null);
  };

  /** The choices of the last pass. */
  async read(): Promise<StepChoices> {
    const bytes = await this.#gpu.read(this.#packed);
    return unpackChoices(new Uint8Array(bytes), this.#layers, this.#tokens);
  }
}

/** Takes packed choices [layers, ceil(tokens / 2) words] apart. */
export function unpackChoices(packed: Uint8Array, layers: number, tokens: number): StepChoices {
  const stride = packedWords(tokens) * 4;
  invariant(packed.length >= layers * stride, 'the packed choices are not whole');
  const groups = new Uint8Array(layers * tokens);
  const certainties = new Uint8Array(layers * tokens);
  for (let layer = 0; layer < layers; layer++) {
    for (let token = 0; token < tokens; token++) {
      const from = layer * stride + 2 * token;
      groups[layer * tokens + token] = packed[from] ?? 0;
      certainties[layer * tokens + token] = packed[from + 1] ?? 0;
    }
  }
  return { layers, tokens, groups, certainties };
}
