import { createOnnxRuntime, onnxRuntimeNeeds } from './onnxRuntime.ts';
import type { GpuResults } from './report.ts';
import { type GpuJob, runGpu } from './runGpu.ts';

/** Runs the suites in this page, against ONNX Runtime. */
export function runInThisPage(job: GpuJob, progress: (text: string) => void): Promise<GpuResults> {
  return runGpu({ entry: navigator.gpu, guest: onnxRuntimeNeeds, peers: createOnnxRuntime }, job, progress);
}
