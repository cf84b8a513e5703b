import { expect, it } from 'vitest';
import { filmOf } from '../../plan/testing.ts';
import { placedBy } from '../bearings.ts';
import { Runner } from '../gpu/runner.ts';
import { gelu, gemm } from '../reference/gemm.ts';
import { testGpu } from '../testing/device.ts';
import { builtinTolerance, expectClose } from '../testing/expectClose.ts';
import { randomFloats } from '../testing/random.ts';
import { lasting, readPrompt } from './reading.ts';
import { sketchFilm } from './sketch.ts';

const gpu = await testGpu();
const runner = new Runner(gpu);
const sizes = { told: 100, text: 8, width: 20, guess: 16, facts: 15 };
const reading = {
  weight: randomFloats(9, 7 * sizes.text),
  bias: randomFloats(10, 7),
  words: randomFloats(13, 9 * 7),
  values: [3, 4],
};
/** Told and said values, and zeros up to a multiple of 4. */
const inner = 108;

/** A Linear with weights small enough that sums stay near 1. */
function linear(seed: number, columns: number, inner: number) {
  const w = randomFloats(seed, columns * inner).map((value) => value / Math.sqrt(inner));
  return { w, bias: randomFloats(seed + 1, columns), columns, inner };
}

const layers = [linear(1, sizes.width, inner), linear(3, sizes.width, sizes.width)];
const guess = linear(5, sizes.guess, sizes.width);
const doubt = linear(14, sizes.guess, sizes.width);
const times = linear(11, sizes.width, 7 + sizes.facts);
const onGpu = ({ w, bias, ...shape }: (typeof layers)[number]) => ({
  ...shape,
  w: gpu.upload('weights', w),
  bias: gpu.upload('bias', bias),
});

/** What a sketch guesses of one token and how far off that may be, one behind the other, from the features of its shot's prompt and what its frame's first token is told. */
function guessOf(told: Float32Array, ofFrame: Float32Array, said: Float32Array): number[] {
  const { ofFrame: facts, moved, scenery } = placedBy(ofFrame);
  const known = Float32Array.from([...told, ...said, 0]);
  const [first, second] = layers;
  if (!first || !second) throw new Error('a sketch has layers');
  const through = (a: Float32Array, layer: typeof first): Float32Array => {
    const y = new Float32Array(layer.columns);
    gemm({ a, y, rows: 1, epilogue: 'none', ...layer });
    return y;
  };
  const counts = through(Float32Array.from([...said, ...facts, ...moved, ...scenery]), times);
  let x = through(known, first).map((value, i) => gelu(value * (1 + (counts[i] ?? 0))));
  x = through(x, second).map((value, i) => (x[i] ?? 0) + gelu(value));
  return [...through(x, guess), ...through(x, doubt)];
}

it.each([
  ['a prompt of each shot', [3, 1]],
  ['one prompt for all', [2]],
])('guesses every token by where it is and by %s, chunk by chunk', async (_, lengths) => {
  const scope = gpu.scope();
  const geometry = filmOf(1, 3, [2, 1]);
  const rows = lengths.reduce((a, b) => a + b, 0);
  const features = randomFloats(7, rows * sizes.text);
  const told = randomFloats(8, geometry.tokens * sizes.told);
  const chunks = [
    { index: 0, latent: { start: 0, count: 1 }, tokens: { start: 0, count: 3 } },
    { index: 1, latent: { start: 1, count: 2 }, tokens: { start: 3, count: 6 } },
  ];
  const guesses = chunks.map(({ tokens }) => {
    const room = () => scope.buffer('guesses', tokens.count * sizes.guess * 4);
    return { guess: room(), doubt: room() };
  });
  const prompts = lengths.map((length, i) => Uint32Array.from({ length }, (_, word) => 3 * i + word));
  const text = { features: scope.upload('features', features), prompts, lengths, rows };
  const weights = {
    reading,
    grids: null,
    times: { weight: times.w, bias: times.bias },
    layers: layers.map(onGpu),
    guess: onGpu(guess),
    doubt: onGpu(doubt),
    toTokens: onGpu(guess),
  };
  await sketchFilm(scope, runner, weights, { geometry, chunks, told, text }, guesses);
  const floats = async (buffer: GPUBuffer) => new Float32Array(await scope.read(buffer));
  const ours: number[][] = [];
  for (const { guess, doubt } of guesses) {
    const [guessed, doubted] = [await floats(guess), await floats(doubt)];
    for (let at = 0; at < guessed.length; at += sizes.guess) {
      ours.push([guessed, doubted].flatMap((values) => [...values.subarray(at, at + sizes.guess)]));
    }
  }
  const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((a, b) => a + b, 0));
  const read = prompts.map((ids, i) => {
    const [start = 0, count = 0] = [starts[i], lengths[i]];
    const own = features.subarray(start * sizes.text, (start + count) * sizes.text);
    return readPrompt(own, ids, reading);
  });
  // A prompt that shots share is read of each of them.
  const said = lasting(
    [0, 1].map((shot) => read[Math.min(shot, read.length - 1)] ?? new Float32Array()),
    reading.values,
  );
  const saidIn = (shot: number) => said[shot] ?? new Float32Array();
  const toldOf = (token: number) => told.subarray(token * sizes.told, (token + 1) * sizes.told);
  const expected = Array.from({ length: geometry.tokens }, (_, token) =>
    guessOf(toldOf(token), toldOf(token - (token % geometry.tokensPerFrame)), saidIn(Number(token >= 6))),
  );
  const tolerance = { relative: builtinTolerance.relative, absolute: 10 * builtinTolerance.absolute };
  expectClose(ours.flat(), expected.flat(), tolerance);
  expect(new Set(expected.map(([value]) => value)).size).toBe(geometry.tokens);
  scope.freeAll();
});
