import { invariant, ShotweaveError } from '../../lib/errors.ts';
import { type Dispatch, type Gpu, outOfMemory, refusedCommand } from './gpu.ts';

/** A copy between two buffers, in order with the dispatches around it. */
export interface Copy {
  from: GPUBuffer;
  fromOffset?: number;
  to: GPUBuffer;
  toOffset?: number;
  bytes: number;
}

/** Work of the host between commands: everything before it has been submitted when it runs, and nothing after it. */
export interface HostStep {
  host: () => Promise<void>;
}

/** What a program is made of. */
export type Command = Dispatch | Copy | HostStep;

export interface RunOptions {
  signal?: AbortSignal;
  /** Called with the FLOPs that finished since the last call; no more work is submitted before it is done. */
  onDone?: (flops: number) => void | Promise<void>;
}

/** Milliseconds that one submission should take: short enough for cancel, long enough to hide its cost. */
const targetMs = 120;
/** Cost of a dispatch whatever it does. */
const dispatchMs = 0.1;
/** Submissions on their way at once, so that the GPU never waits for the host. */
const depth = 2;

function isDispatch(command: Command): command is Dispatch {
  return 'pipeline' in command;
}

function isHostStep(command: Command | undefined): command is HostStep {
  return command !== undefined && 'host' in command;
}

/** Work that stands for a list of commands. */
export function totalFlops(commands: readonly Command[]): number {
  return commands.reduce((sum, command) => sum + (isDispatch(command) ? command.flops : 0), 0);
}

/**
 * Runs programs in submissions of about 120 ms, by the speed that the adapter has shown so far, so that no
 * watchdog fires, progress is smooth, and a cancel takes effect within one submission.
 */
export class Runner {
  readonly #gpu: Gpu;
  #flopsPerMs: number;
  #failure: ShotweaveError | null = null;
  /** Settled by resume(); null while nothing is paused. */
  #paused: { over: Promise<void>; end: () => void } | null = null;

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
    this.#flopsPerMs = gpu.traits.software ? 4e6 : 2e8;
    gpu.device.lost.then((info) => {
      this.#failure ??= new ShotweaveError(
        'device-lost',
        'The GPU was taken away in the middle of the work (a driver reset or too little memory): your storyboard is safe, make the film again and it goes on from its last step.',
        { cause: info },
      );
    });
    gpu.device.addEventListener('uncapturederror', ({ error }) => {
      this.#failure ??=
        error instanceof GPUOutOfMemoryError
          ? new ShotweaveError('gpu-out-of-memory', outOfMemory, { cause: error })
          : new ShotweaveError('unexpected', refusedCommand(error), { cause: error });
    });
  }

  /** FLOPs a millisecond, as measured lately. */
  get flopsPerMs(): number {
    return this.#flopsPerMs;
  }

  /** Throws when the device is lost or has refused something. */
  check(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Submits nothing more until resume(); what is on its way ends, and then the GPU is idle. */
  pause(): void {
    if (this.#paused) return;
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#paused = { over, end };
  }

  resume(): void {
    this.#paused?.end();
    this.#paused = null;
  }

  /**
   * What to tell of an error that ended the work: the device's fault where there is one, for reads and
   * compilations fail before the device reports it. Leaves the runner ready for other work, unless the
   * device is lost.
   */
  async faultBehind(error: unknown): Promise<unknown> {
    await this.#gpu.device.queue.onSubmittedWorkDone().catch(() => undefined);
    // Reports of the device come as tasks of their own.
    await new Promise((resolve) => setTimeout(resolve));
    const failure = this.#failure;
    if (failure?.code !== 'device-lost') this.#failure = null;
    return error instanceof ShotweaveError ? error : (failure ?? error);
  }

  /** Runs the commands in order. Rejects with `cancelled`, `device-lost` or `gpu-out-of-memory`. */
  async run(commands: readonly Command[], { signal, onDone }: RunOptions = {}): Promise<void> {
    const { queue } = this.#gpu.device;
    const pending: { submitted: number; done: Promise<number>; flops: number }[] = [];
    let next = 0;
    let lastDone = 0;
    while (next < commands.length || pending.length > 0) {
      this.check();
      if (signal?.aborted) {
        await Promise.all(pending.map(({ done }) => done));
        break;
      }
      if (this.#paused && pending.length === 0) {
        await this.#waitFor(this.#paused.over, signal);
        continue;
      }
      const step = commands[next];
      if (isHostStep(step) && !this.#paused) {
        await step.host();
        next += 1;
        continue;
      }
      if (next < commands.length && pending.length < depth && !this.#paused) {
        const end = this.#batchEnd(commands, next);
        const batch = commands.slice(next, end);
        queue.submit([this.#encode(batch)]);
        const now = () => performance.now();
        const submitted = now();
        // A lost device rejects; check() says so.
        pending.push({
          submitted,
          done: queue.onSubmittedWorkDone().then(now, now),
          flops: totalFlops(batch),
        });
        next = end;
        continue;
      }
      const first = pending.shift();
      if (!first) break;
      const done = await first.done;
      this.#learn(first.flops, done - Math.max(lastDone, first.submitted));
      lastDone = done;
      await onDone?.(first.flops);
    }
    this.check();
    if (signal?.aborted) throw new ShotweaveError('cancelled', 'Cancelled.');
  }

  /** Waits for a promise, or for what ends the work meanwhile. */
  async #waitFor(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    const stop = new AbortController();
    const aborted = new Promise<void>((resolve) => {
      signal?.addEventListener('abort', () => resolve(), { once: true, signal: stop.signal });
    });
    await Promise.race([promise, aborted, this.#gpu.device.lost]);
    stop.abort();
  }

  #batchEnd(commands: readonly Command[], start: number): number {
    let ms = 0;
    let end = start;
    for (; end < commands.length; end++) {
      const command = commands[end];
      if (isHostStep(command)) break;
      ms += dispatchMs + (command && isDispatch(command) ? command.flops / this.#flopsPerMs : 0);
      if (ms > targetMs && end > start) break;
    }
    return end;
  }

  #encode(batch: readonly Command[]): GPUCommandBuffer {
    const encoder = this.#gpu.device.createCommandEncoder();
    let dispatches: Dispatch[] = [];
    for (const command of batch) {
      if (isDispatch(command)) {
        dispatches.push(command);
        continue;
      }
      invariant(!isHostStep(command), 'a batch ends before a step of the host');
      if (dispatches.length > 0) this.#gpu.record(encoder, dispatches);
      dispatches = [];
      const { from, fromOffset = 0, to, toOffset = 0, bytes } = command;
      encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
    }
    if (dispatches.length > 0) this.#gpu.record(encoder, dispatches);
    return encoder.finish();
  }

  #learn(flops: number, ms: number): void {
    if (flops < 1e6 || ms < 5) return;
    this.#flopsPerMs += 0.2 * (flops / ms - this.#flopsPerMs);
  }
}
