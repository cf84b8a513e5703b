import type { Picks } from '../engine/tuning/choices.ts';
import type { ExportEvent, ExportJob, ExportResult } from '../film/export/exportJob.ts';
import type { VideoCodecName } from '../film/levels.ts';
import type { WeightPlan } from '../plan/weightMemory.ts';
import type { Storyboard } from '../storyboard/document.ts';
import type { ModelChoices, ModelFile, ModelReport } from './modelReport.ts';

/** What runs the engine, in words a person understands. */
export interface AdapterReport {
  vendor: string;
  architecture: string;
  description: string;
  /** A software adapter: WebGPU on the CPU. */
  software: boolean;
  /** The arithmetic that the engine uses here. */
  precision: 'f32' | 'f16';
  /** Which variants of the kernels run; left out before they were raced and checked on this adapter. */
  kernels?: Picks;
}

/** Cost of a film, known before it starts. */
export interface Estimate {
  frames: number;
  latentFrames: number;
  tokens: number;
  seconds: number;
  /** Seconds of computing; null until this adapter has been measured. */
  renderSeconds: number | null;
  /** On the GPU at the worst moment, weights included. */
  gpuBytes: number;
  /** That films may take on this GPU, as far as it is known. */
  roomBytes: number;
  /** How the transformer's weights will be kept; null where a model leaves no choice or the film does not fit. */
  weights: WeightPlan | null;
  flops: number;
  /** Real length of every shot after snapping. */
  shotSeconds: number[];
  /** A sentence when the film cannot be made here, else null. */
  refusal: string | null;
  /** Steps that an interrupted making of this very film has behind it; render() goes on from there. Else 0. */
  stepsDone: number;
  /** RenderOptions.only of that interrupted making; null where the film was being made as a whole. */
  only: string | null;
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
  /** How much of the model has arrived, while it is downloaded. */
  download: { bytes: number; of: number } | null;
  secondsElapsed: number;
  /** null while there is nothing to judge by. */
  secondsLeft: number | null;
  /** Bytes of all GPU buffers alive now. */
  gpuBytes: number;
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
  /** Id of the one shot that is made anew; all others stay as the base has them, whatever their locks say. */
  only?: string;
  /** Gives up what an interrupted making of this film has behind it, and starts from the first step. */
  anew?: boolean;
  /** Makes a draft: fewer steps and no guidance, whatever the storyboard says. The film carries the storyboard as it is. */
  draft?: boolean;
}

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
  attention: Storyboard['attention'];
  /** SHA-256 (hex) over the RGBA bytes of every frame in order: equal hash, equal film. */
  framesSha256: string;
  secondsByStage: Record<Stage, number>;
  peakGpuBytes: number;
  adapter: AdapterReport;
  /** How the transformer's weights were kept, where a model leaves a choice. */
  weights?: WeightPlan | undefined;
  storyboard: Storyboard;
  /** Made as a draft, not with the storyboard's own steps and guidance. */
  draft?: boolean | undefined;
  keptFrames: { frame: number; rgba: Uint8ClampedArray<ArrayBuffer> }[];
}

/** What the worker offers to the page (through Comlink). Every method rejects with an error that carries `code` and a sentence. */
export interface RenderWorkerApi {
  /** Finds the adapter and the device. Rejects with `webgpu-unavailable`. */
  connect(): Promise<AdapterReport>;
  /** @param base As in RenderOptions; what an interrupted making has behind it counts for films from this base. */
  estimate(storyboard: Storyboard, base?: string): Promise<Estimate>;
  /**
   * Makes the film; only one runs at a time. Rejects with `cancelled` after cancel(). A making that was interrupted
   * (a closed tab, a lost device, stop()) goes on from its last step and gives the same film; a cancelled one is
   * given up.
   */
  render(
    storyboard: Storyboard,
    options: RenderOptions,
    onEvent: (event: RenderEvent) => void,
  ): Promise<FilmResult>;
  /**
   * Writes a finished film, or parts of it, into files of another codec, quality or size. Rejects with `cancelled` after
   * cancel(); neither a film nor another export can be made meanwhile.
   */
  exportFilm(job: ExportJob, onEvent: (event: ExportEvent) => void): Promise<ExportResult>;
  /** Ends the film that is being made and gives it up. */
  cancel(): Promise<void>;
  /** Ends the film that is being made and keeps its last step, for another render() to go on from; render() rejects with `cancelled`. */
  stop(): Promise<void>;
  /** Lets the GPU rest in the middle of the film that is being made, until resume(). */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /**
   * Takes the person's own model files in place of those before, and says what they are. Only headers are read now;
   * films are made from the files as they are then.
   */
  takeModelFiles(files: readonly ModelFile[], choices: ModelChoices): Promise<ModelReport>;
  /** Destroys the GPU device as if the driver had taken it away (for tests). */
  loseDevice(): Promise<void>;
}
