import type { Storyboard } from '../storyboard/document.ts';

/** What runs the engine, in words a person understands. */
export interface AdapterReport {
  vendor: string;
  architecture: string;
  description: string;
  /** A software adapter: WebGPU on the CPU. */
  software: boolean;
  /** The arithmetic that the engine uses here. */
  precision: 'f32' | 'f16';
}

/** Cost of a film, known before it starts. */
export interface Estimate {
  frames: number;
  latentFrames: number;
  tokens: number;
  seconds: number;
  /** Seconds of computing; null until this adapter has been measured. */
  renderSeconds: number | null;
  gpuBytes: number;
  flops: number;
  /** Real length of every shot after snapping. */
  shotSeconds: number[];
  /** A sentence when the film cannot be made here, else null. */
  refusal: string | null;
  /** Steps that an interrupted making of this very film has behind it; render() goes on from there. Else 0. */
  stepsDone: number;
}

export type Stage = 'load' | 'text' | 'denoise' | 'decode' | 'finish';

export interface ProgressEvent {
  type: 'progress';
  stage: Stage;
  /** Share of the whole job, 0..1. */
  fraction: number;
  /** Denoising steps done and asked for. */
  step: number;
  steps: number;
  /** Latent frames decoded so far. */
  decodedLatentFrames: number;
  secondsElapsed: number;
  /** null while there is nothing to judge by. */
  secondsLeft: number | null;
}

/** One picture of the film while it forms, RGBA, 8 bits a channel, row-major. */
export interface Still {
  latentFrame: number;
  /** Frame of the film that it shows. */
  frame: number;
  width: number;
  height: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
  /** Decoded for good, not an estimate. */
  final: boolean;
}

export interface PreviewEvent {
  type: 'preview';
  step: number;
  steps: number;
  stills: Still[];
}

export type RenderEvent = ProgressEvent | PreviewEvent;

export interface RenderOptions {
  /** Frames to hand back as the engine made them, before encoding (for tests). */
  keepFrames?: number[];
  /** File name of the finished film that locked shots are kept from. */
  base?: string;
}

export type VideoCodecName = 'h264' | 'vp9' | 'av1';

/** A finished film; the file itself lies in the origin's private file system. */
export interface FilmResult {
  /** Name of the file in the films folder. */
  fileName: string;
  codec: VideoCodecName;
  bytes: number;
  width: number;
  height: number;
  fps: number;
  frames: number;
  latentFrames: number;
  tokens: number;
  seed: number;
  steps: number;
  attention: 'moga' | 'dense';
  /** SHA-256 (hex) over the RGBA bytes of every frame in order: equal hash, equal film. */
  framesSha256: string;
  secondsByStage: Record<Stage, number>;
  peakGpuBytes: number;
  adapter: AdapterReport;
  storyboard: Storyboard;
  keptFrames: { frame: number; rgba: Uint8ClampedArray<ArrayBuffer> }[];
}

/** What the worker offers to the page (through Comlink). Every method rejects with an error that carries `code` and a sentence. */
export interface RenderWorkerApi {
  /** Finds the adapter and the device. Rejects with `webgpu-unavailable`. */
  connect(): Promise<AdapterReport>;
  /** @param base As in RenderOptions. */
  estimate(storyboard: Storyboard, base?: string): Promise<Estimate>;
  /**
   * Makes the film; only one runs at a time. Rejects with `cancelled` after cancel(). A making that was interrupted
   * (a closed tab, a lost device) goes on from its last step and gives the same film; a cancelled one is given up.
   */
  render(
    storyboard: Storyboard,
    options: RenderOptions,
    onEvent: (event: RenderEvent) => void,
  ): Promise<FilmResult>;
  cancel(): Promise<void>;
  /** Destroys the GPU device as if the driver had taken it away (for tests). */
  loseDevice(): Promise<void>;
}
