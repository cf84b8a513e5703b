import type { OnnxGraph } from './onnx.ts';

/** A graph for the peer to compute, one of several forms of the same thing. */
export interface PeerForm {
  name: string;
  graph: OnnxGraph;
  /** Layout that the peer turns convolutions into. */
  layout?: 'NCHW' | 'NHWC';
}

/** The graphs that compute what a kernel computes, and the buffers that they read. */
export interface PeerTask {
  forms: readonly PeerForm[];
  inputs: Readonly<Record<string, GPUBuffer>>;
}

/** A graph that is ready to run. */
export interface PeerSession {
  /** Submits the graph once. */
  run(): Promise<void>;
  output: GPUBuffer;
  release(): Promise<void>;
}

/** Another engine on the same device. */
export interface Peer {
  name: string;
  version: string;
  prepare(form: PeerForm, inputs: PeerTask['inputs']): Promise<PeerSession>;
}
