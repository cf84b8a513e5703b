import type { Gpu } from '../../src/engine/gpu/gpu.ts';
import { attention, uploadSegments } from '../../src/engine/kernels/attention.ts';
import { attention as referenceAttention } from '../../src/engine/reference/attention.ts';
import { randomFloats } from '../../src/engine/testing/random.ts';
import type { SegmentList } from '../../src/plan/types.ts';
import { type KernelTask, modelNames } from './task.ts';

interface AttentionShape {
  model: string;
  part: string;
  tokens: number;
  heads: number;
  headSize: number;
}

/** Papercut: films of two and four seconds at 320x192. Wan: five seconds at 832x480. */
export const attentionShapes: readonly AttentionShape[] = [
  { model: modelNames.papercut, part: 'two seconds', tokens: 720, heads: 4, headSize: 64 },
  { model: modelNames.papercut, part: 'four seconds', tokens: 1440, heads: 4, headSize: 64 },
  { model: modelNames.wan, part: 'five seconds', tokens: 32_760, heads: 12, headSize: 128 },
];

const referenceRows = 4;

/** Dense attention of a film to itself; films that are too long for the limit are cut. */
export async function attentionTask(gpu: Gpu, shape: AttentionShape, maxFlops: number): Promise<KernelTask> {
  const { heads, headSize } = shape;
  const width = heads * headSize;
  const affordable = Math.floor(Math.sqrt(maxFlops / (4 * width)));
  const tokens = shape.tokens <= affordable ? shape.tokens : Math.max(256, 64 * Math.floor(affordable / 64));
  const q = randomFloats(6, tokens * width);
  const k = randomFloats(7, tokens * width);
  const v = randomFloats(8, tokens * width);
  const buffers = {
    q: gpu.upload('attention q', q),
    k: gpu.upload('attention k', k),
    v: gpu.upload('attention v', v),
    out: gpu.buffer('attention out', tokens * width * 4),
  };
  const list = uploadSegments(gpu, 'dense', everyone(tokens, tokens), tokens, tokens);
  const { dispatchFlops: maxDispatch } = gpu.traits;
  const dispatches = await attention(gpu, { ...buffers, list, heads, headSize, maxFlops: maxDispatch });
  const tensor = (name: string) => ({ name, shape: [1, tokens, width] });
  return {
    kernel: 'attention',
    model: shape.model,
    part: shape.part,
    shape: describe(tokens, heads, headSize),
    cutFrom: tokens === shape.tokens ? null : describe(shape.tokens, heads, headSize),
    flops: 4 * width * tokens ** 2,
    dispatches,
    output: buffers.out,
    outputCount: tokens * width,
    expected: () => {
      const out = new Float32Array(referenceRows * width);
      referenceAttention({ q, k, v, out, heads, headSize, list: everyone(referenceRows, tokens) });
      return out;
    },
    peer: {
      inputs: { q, k, v },
      forms: [
        {
          name: 'MultiHeadAttention',
          graph: {
            nodes: [
              {
                operator: 'MultiHeadAttention',
                domain: 'com.microsoft',
                inputs: ['q', 'k', 'v'],
                outputs: ['y'],
                attributes: { num_heads: { int: heads } },
              },
            ],
            constants: [],
            inputs: ['q', 'k', 'v'].map(tensor),
            output: tensor('y'),
          },
        },
      ],
    },
  };
}

function everyone(queries: number, keys: number): SegmentList {
  return {
    queryRows: null,
    keyRows: null,
    segments: [{ queries: { start: 0, count: queries }, keys: [{ start: 0, count: keys }] }],
  };
}

function describe(tokens: number, heads: number, headSize: number): string {
  return `${tokens} tokens, ${heads}x${headSize}`;
}
