import type { Gpu } from '../src/engine/gpu/gpu.ts';
import { invariant, ShotweaveError } from '../src/lib/errors.ts';
import { attentionShapes, attentionTask } from './kernels/attention.ts';
import { convShapes, convTask } from './kernels/conv.ts';
import { gemmShapes, gemmTask } from './kernels/gemm.ts';
import type { KernelTask } from './kernels/task.ts';
import { type Contestant, dispatched, type Effort, racerOf, sampleInTurns, timed } from './measure.ts';
import type { Peer, PeerSession } from './peer.ts';
import type { KernelResult } from './report.ts';
import { relativeError } from './statistics.ts';

/** Two right kernels differ by rounding only; anything past this did not compute the same thing. */
const maxError = 1e-3;

export interface KernelSuite {
  effort: Effort;
  /** FLOPs that a shape may have before it is cut. */
  maxFlops: number;
  /** The peer in several places, best first; the next one is tried where the numbers are wrong. */
  peers: readonly Peer[];
  progress: (text: string) => void;
}

/** The peer with a kernel to race against, warmed up. */
interface Opponent {
  session: PeerSession;
  form: string;
  error: number;
  /** Of its second run. */
  ms: number;
}

/**
 * Times every kernel on every shape, against the peer where there is one, and compares what they computed.
 * Throws `numbers-invalid` when our kernel is wrong.
 */
export async function runKernelSuite(
  outer: Gpu,
  suite: KernelSuite,
): Promise<{ kernels: KernelResult[]; notes: string[] }> {
  const makers = [
    ...gemmShapes.map((shape) => (gpu: Gpu) => gemmTask(gpu, shape, suite.maxFlops)),
    ...convShapes.map((shape) => (gpu: Gpu) => convTask(gpu, shape, suite.maxFlops)),
    ...attentionShapes.map((shape) => (gpu: Gpu) => attentionTask(gpu, shape, suite.maxFlops)),
  ];
  const kernels: KernelResult[] = [];
  const notes = new Set<string>();
  for (const make of makers) {
    const gpu = outer.scope();
    try {
      const task = await make(gpu);
      suite.progress(`${task.kernel}: ${task.model} ${task.part}, ${task.shape}`);
      kernels.push(await runTask(gpu, task, suite, notes));
    } finally {
      gpu.freeAll();
    }
  }
  return { kernels, notes: [...notes] };
}

async function runTask(
  gpu: Gpu,
  task: KernelTask,
  { effort, peers }: KernelSuite,
  notes: Set<string>,
): Promise<KernelResult> {
  const ours = dispatched(gpu, task.dispatches);
  await ours.time(1);
  const computed = new Float32Array(await gpu.read({ buffer: task.output, size: 4 * task.outputCount }));
  const referenceError = checkAgainstReference(task, computed);
  const opponent = await findOpponent(task, computed, peers, notes);
  try {
    const racers = [racerOf(ours, await ours.time(1), effort.sampleMs)];
    if (opponent) racers.push(racerOf(contestant(opponent.session), opponent.ms, effort.sampleMs));
    const [oursTiming, peerTiming = null] = await sampleInTurns(racers, effort.samples);
    invariant(oursTiming, 'a contestant was not timed');
    const { kernel, model, part, shape, cutFrom, flops } = task;
    return {
      ...{ kernel, model, part, shape, cutFrom, flops },
      ours: oursTiming,
      peer: peerTiming,
      peerForm: opponent?.form ?? null,
      peerError: opponent?.error ?? null,
      referenceError,
    };
  } finally {
    await opponent?.session.release();
  }
}

function checkAgainstReference({ kernel, shape, expected }: KernelTask, computed: Float32Array): number {
  const wanted = expected();
  const error = relativeError(computed.subarray(0, wanted.length), wanted);
  // Written so that NaN fails.
  if (error <= maxError) return error;
  throw new ShotweaveError(
    'numbers-invalid',
    `The ${kernel} kernel is wrong by ${error.toExponential(1)} on ${shape}: run npm test to see how on this adapter.`,
  );
}

/** The peer in the first place where its numbers are right, and there in the form in which it is fastest. */
async function findOpponent(
  task: KernelTask,
  computed: Float32Array,
  peers: readonly Peer[],
  notes: Set<string>,
): Promise<Opponent | null> {
  for (const peer of peers) {
    let best: Opponent | null = null;
    for (const form of task.peer.forms) {
      const session = await peer.prepare(form, task.peer.inputs);
      const candidate = contestant(session);
      await candidate.time(1);
      const error = relativeError(computed, await session.read());
      // Written so that NaN is wrong.
      const right = error <= maxError;
      if (!right) notes.add(`${peer.name} computes ${form.name} wrongly on ${peer.place || 'our device'}.`);
      const ms = right ? await candidate.time(1) : Number.POSITIVE_INFINITY;
      if (right && ms < (best?.ms ?? Number.POSITIVE_INFINITY)) {
        await best?.session.release();
        best = { session, form: form.name, error, ms };
      } else {
        await session.release();
      }
    }
    if (best !== null) {
      if (peer.place) notes.add(`${peer.name} ran ${best.form} on ${peer.place}.`);
      return best;
    }
  }
  return null;
}

function contestant(session: PeerSession): Contestant {
  return {
    time: (repeats) =>
      timed(session.device, async () => {
        for (let i = 0; i < repeats; i++) await session.run();
      }),
  };
}
