import type { OnnxGraph } from './onnx.ts';

/** A graph for the peer to compute, one of several forms of the same thing. */
export interface PeerForm {
  name: string;
  graph: OnnxGraph;
  /** Layout that the peer turns convolutions into. */
  layout?: 'NCHW' | 'NHWC';
}

/** The graphs that compute what a kernel computes, and the values of their inputs. */
export interface PeerTask {
  forms: readonly PeerForm[];
  inputs: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
}

/** A graph that is ready to run; its inputs lie on the GPU. */
export interface PeerSession {
  device: GPUDevice;
  /** Submits the graph once. */
  run(): Promise<void>;
  /** What the last run computed. */
  read(): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Another engine, on a device of the adapter that is measured. */
export interface Peer {
  /** Name and version. */
  name: string;
  /** Which device it runs on, in words; empty where that is ours. */
  place: string;
  prepare(form: PeerForm, inputs: PeerTask['inputs']): Promise<PeerSession>;
}
