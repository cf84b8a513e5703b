import { ShotweaveError } from '../src/lib/errors.ts';
import type { Gpu } from '../src/engine/gpu/gpu.ts';
import { attentionShapes, attentionTask } from './kernels/attention.ts';
import { convShapes, convTask } from './kernels/conv.ts';
import { gemmShapes, gemmTask } from './kernels/gemm.ts';
import type { KernelTask } from './kernels/task.ts';
import { type Contestant, dispatched, type Effort, race, timed } from './measure.ts';
import type { Peer, PeerSession, PeerTask } from './peer.ts';
import type { KernelResult } from './report.ts';
import { relativeError } from './statistics.ts';

/** Two right kernels differ by rounding only; anything past this did not compute the same thing. */
const maxError = 1e-3;

export interface KernelSuite {
  effort: Effort;
  /** FLOPs that a shape may have before it is cut. */
  maxFlops: number;
  peer: Peer | null;
  progress: (text: string) => void;
}

/** Times every kernel on every shape, against the peer where there is one, and compares what they computed. */
export async function runKernelSuite(outer: Gpu, suite: KernelSuite): Promise<KernelResult[]> {
  const makers = [
    ...gemmShapes.map((shape) => (gpu: Gpu) => gemmTask(gpu, shape, suite.maxFlops)),
    ...convShapes.map((shape) => (gpu: Gpu) => convTask(gpu, shape, suite.maxFlops)),
    ...attentionShapes.map((shape) => (gpu: Gpu) => attentionTask(gpu, shape, suite.maxFlops)),
  ];
  const results: KernelResult[] = [];
  for (const make of makers) {
    const gpu = outer.scope();
    try {
      const task = await make(gpu);
      suite.progress(`${task.kernel}: ${task.model} ${task.part}, ${task.shape}`);
      results.push(await runTask(gpu, task, suite));
    } finally {
      gpu.freeAll();
    }
  }
  return results;
}

async function runTask(gpu: Gpu, task: KernelTask, { effort, peer }: KernelSuite): Promise<KernelResult> {
  const { kernel, model, part, shape, cutFrom, flops } = task;
  const ours = dispatched(gpu, task.dispatches);
  const facts = { kernel, model, part, shape, cutFrom, flops };
  if (peer === null) {
    const [timing] = await race([ours], effort);
    const expected = task.expected();
    const error = relativeError(await readFloats(gpu, task.output, expected.length), expected);
    checkError(task, error, 'the reference');
    return { ...facts, ours: known(timing), peer: null, peerForm: null, error, checkedAgainst: 'reference' };
  }
  const { session, form } = await fastestForm(gpu, peer, task.peer);
  try {
    const [oursTiming, peerTiming] = await race([ours, contestant(gpu, session)], effort);
    const expected = await readFloats(gpu, session.output);
    const error = relativeError(await readFloats(gpu, task.output, expected.length), expected);
    checkError(task, error, peer.name);
    const timings = { ours: known(oursTiming), peer: known(peerTiming) };
    return { ...facts, ...timings, peerForm: form, error, checkedAgainst: 'peer' };
  } finally {
    await session.release();
  }
}

/** The peer competes in the form in which it is fastest. */
async function fastestForm(
  gpu: Gpu,
  peer: Peer,
  task: PeerTask,
): Promise<{ session: PeerSession; form: string }> {
  let best: { session: PeerSession; form: string; ms: number } | null = null;
  for (const form of task.forms) {
    const session = await peer.prepare(form, task.inputs);
    const candidate = contestant(gpu, session);
    const only = task.forms.length === 1;
    if (!only) await candidate.time(1);
    const ms = only ? 0 : await candidate.time(1);
    if (best !== null && best.ms <= ms) {
      await session.release();
      continue;
    }
    await best?.session.release();
    best = { session, form: form.name, ms };
  }
  if (best === null) throw new Error('The peer has no form of this kernel.');
  return best;
}

function contestant({ device }: Gpu, session: PeerSession): Contestant {
  return {
    time: (repeats) =>
      timed(device, async () => {
        for (let i = 0; i < repeats; i++) await session.run();
      }),
  };
}

async function readFloats(gpu: Gpu, buffer: GPUBuffer, count = buffer.size / 4): Promise<Float32Array> {
  return new Float32Array(await gpu.read({ buffer, size: 4 * count }));
}

function checkError({ kernel, shape }: KernelTask, error: number, other: string): void {
  // Written so that NaN fails.
  if (error <= maxError) return;
  throw new ShotweaveError(
    'numbers-invalid',
    `The ${kernel} kernel differs from ${other} by ${error.toExponential(1)} on ${shape}: run npm test to see which kernel is wrong on this adapter.`,
  );
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('A contestant was not timed.');
  return value;
}
