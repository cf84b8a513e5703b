import { expect, it } from 'vitest';
import { planChunks } from '../../plan/chunks.ts';
import { blendDistances, detailFlops, framesAround, framesBeside } from '../../plan/detail.ts';
import { filmOf } from '../../plan/testing.ts';
import type { Chunk } from '../../plan/types.ts';
import { type Command, Runner, totalFlops } from '../gpu/runner.ts';
import { blendFrames } from '../reference/blendFrames.ts';
import { conv } from '../reference/conv.ts';
import { depthToSpace } from '../reference/elementwise.ts';
import { gemm } from '../reference/gemm.ts';
import { patchify } from '../reference/latent.ts';
import { Output, testGpu } from '../testing/device.ts';
import { expectClose } from '../testing/expectClose.ts';
import { hashedTensors } from '../testing/hashed.ts';
import { randomFloats } from '../testing/random.ts';
import { GpuWeights } from '../weights/gpuWeights.ts';
import { Detail, loadDetail } from './detail.ts';

const gpu = await testGpu();
const f32 = 4;
const tolerance = { relative: 2e-5, absolute: 5e-5 };

/** An odd grid, shots of one frame and of several, and channels that are no multiple of a tile. */
const config = { dim: 64, z: 16, patch: [1, 2, 2] as [1, number, number], detail: 12 };
const film = filmOf(3, 5, [1, 4, 2]);
const { frames, height, width } = film.latent;
const cells = height * width * frames;
const { dim, z, detail: channels } = config;
const latent = randomFloats(1, cells * z);
const tokens = randomFloats(2, film.tokens * dim);
const features = randomFloats(3, film.tokens * dim);
const velocity = randomFloats(4, film.tokens * 4 * z);

const file = hashedTensors();
const patchShape = { grid: { frames, ...film.grid }, channels, patchSize: 2 };

/** [outputs, inputs, 3, 3] with channels last. */
async function taps(name: string, outputs: number, inputs: number): Promise<Float32Array> {
  const weight = await file.floats(`${name}.weight`, [outputs, inputs, 3, 3]);
  return Float32Array.from(weight, (_, i) => {
    const input = i % inputs;
    const tap = Math.floor(i / inputs) % 9;
    const output = Math.floor(i / (9 * inputs));
    return weight[(output * inputs + input) * 9 + tap] ?? Number.NaN;
  });
}

async function convolved(
  name: string,
  x: Float64Array | Float32Array,
  inputs: number,
  { relu, onto }: { relu: boolean; onto?: Float64Array },
): Promise<Float64Array> {
  const y = onto ?? new Float64Array(cells * channels);
  const w = await taps(name, channels, inputs);
  const bias = await file.floats(`${name}.bias`, [channels]);
  conv({ x, w, bias, y, frames, height, width, inputs, outputs: channels, epilogue: onto ? 'add' : 'none' });
  return relu ? y.map((value) => Math.max(value, 0)) : y;
}

async function projected(
  name: string,
  a: Float64Array | Float32Array,
  [columns, inner]: [number, number],
  { onto, bias = true }: { onto?: Float32Array; bias?: boolean } = {},
): Promise<Float64Array> {
  const w = await file.floats(`${name}.weight`, [columns, inner]);
  const y = onto ? Float64Array.from(onto) : new Float64Array(film.tokens * columns);
  gemm({
    ...{ a, w, y, rows: film.tokens, columns, inner, epilogue: onto ? 'add' : 'none' },
    bias: bias ? await file.floats(`${name}.bias`, [columns]) : new Float32Array(columns),
  });
  return y;
}

function patches(x: Float64Array): Float64Array {
  const y = new Float64Array(x.length);
  patchify(patchShape, { x, y });
  return y;
}

async function seen(reach: number): Promise<Float64Array> {
  const first = await convolved('detail.conv1', latent, z, { relu: reach === 0 });
  const blended = reach === 0 ? first : new Float64Array(first.length);
  if (reach > 0) {
    const distances = blendDistances(reach).length;
    blendFrames({
      ...{ x: first, y: blended, frames, cells: height * width, channels, distances, first: 0 },
      beside: framesBeside(film.shots, { start: 0, count: frames }, reach),
      weight: await file.floats('detail.blend', [distances, channels]),
    });
  }
  return convolved('detail.conv2', blended, channels, { relu: true });
}

async function expectedTokens(reach: number): Promise<Float64Array> {
  const shape: [number, number] = [dim, 4 * channels];
  return projected('detail.to_tokens', patches(await seen(reach)), shape, { onto: tokens, bias: false });
}

async function expectedVelocity(reach: number, residuals: number): Promise<Float64Array> {
  const told = new Float64Array(cells * channels);
  const { rows, columns } = film.grid;
  const x = await projected('detail.of_tokens', features, [4 * channels, dim]);
  depthToSpace({ x, y: told, frames, height: rows, width: columns, channels, time: 1, space: 2 });
  const drawn = await convolved('detail.conv3', await seen(reach), channels, { relu: true, onto: told });
  const last = await convolved('detail.conv4', drawn, channels, { relu: true });
  for (let i = 0; i < residuals; i++) {
    const found = await convolved(`detail.residuals.${i}.conv1`, last, channels, { relu: true });
    await convolved(`detail.residuals.${i}.conv2`, found, channels, { relu: false, onto: last });
  }
  return projected('detail.velocity', patches(last), [4 * z, 4 * channels], { onto: velocity });
}

async function detailOf(chunks: readonly Chunk[], reach: number, residuals: number): Promise<Detail> {
  const sizes = { ...config, detail_reach: reach, detail_residuals: residuals };
  const weights = await loadDetail(new GpuWeights(gpu, file), sizes);
  if (!weights) throw new Error('the config has convolutions');
  const most = Math.max(...chunks.map(({ latent: { count } }) => count));
  const around = Math.max(...chunks.map((chunk) => framesAround(chunk.latent, frames, reach).count));
  const buffer = (name: string, count: number): GPUBuffer =>
    gpu.buffer(name, count * height * width * channels * f32);
  const buffers = {
    seen: buffer('seen', most),
    cells: buffer('cells', around),
    drawn: buffer('drawn', most),
  };
  return new Detail(gpu, weights, film, 2, buffers);
}

it.each([
  ['the whole film at once', 0, 0, film.tokens],
  ['chunks of two latent frames', 0, 1, 2 * film.tokensPerFrame],
  ['one latent frame at a time', 0, 0, 1],
  ['the whole film blended', 3, 2, film.tokens],
  ['chunks of two latent frames blended', 2, 0, 2 * film.tokensPerFrame],
  ['one latent frame at a time blended', 1, 1, 1],
])('sees and draws as its definition says, %s', async (_, reach, residuals, most) => {
  const chunks = planChunks(film, most);
  const detail = await detailOf(chunks, reach, residuals);
  const cellsOfFilm = gpu.upload('latent', latent);
  const x = new Output(gpu, tokens);
  const y = new Output(gpu, velocity);
  const commands: Command[] = [];
  for (const chunk of chunks) {
    const rows = (buffer: GPUBuffer, columns: number) => ({
      buffer,
      offset: chunk.tokens.start * columns * f32,
      size: chunk.tokens.count * columns * f32,
    });
    const { start, count } = chunk.tokens;
    const h = gpu.upload('features', features.slice(start * dim, (start + count) * dim));
    commands.push(
      ...(await detail.look(chunk, cellsOfFilm, rows(x.buffer, dim))),
      ...(await detail.draw(chunk, cellsOfFilm, h, rows(y.buffer, 4 * z))),
    );
  }
  await new Runner(gpu).run(commands);
  expectClose(await x.floats(), await expectedTokens(reach), tolerance);
  expectClose(await y.floats(), await expectedVelocity(reach, residuals), tolerance);
  // Copies and activations count a little beside the products.
  const planned = film.tokens * detailFlops({ ...config, detail_reach: reach, detail_residuals: residuals });
  expect(totalFlops(commands) / planned).toBeGreaterThanOrEqual(1);
  // So do the frames around chunks, which are looked at with each of them.
  if (reach === 0 || chunks.length === 1) expect(totalFlops(commands) / planned).toBeLessThan(1.2);
});

it('is not there where the config has none', async () => {
  expect(await loadDetail(new GpuWeights(gpu, file), { ...config, detail: undefined })).toBeNull();
});
