import { createServer } from 'vite';
import { create, globals } from 'webgpu';
import type { Undo } from '../../scripts/lib/cleanUp.ts';
import { root } from '../../scripts/lib/paths.mjs';
import type { GpuResults } from '../report.ts';
import type { GpuJob } from '../runGpu.ts';

/**
 * Runs the suites in this process on Dawn, for machines with a GPU and no browser. Vite loads the same modules
 * as in the page, because shaders are imported as text.
 */
export async function runGpuInNode(
  job: GpuJob,
  progress: (text: string) => void,
  onEnd: (undo: Undo) => void,
): Promise<GpuResults> {
  Object.assign(globalThis, globals);
  // As --enable-unsafe-webgpu does in a browser: subgroup matrices are among what is experimental.
  const entry = create(['enable-dawn-features=allow_unsafe_apis']);
  const server = await createServer({
    root,
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
    logLevel: 'warn',
  });
  onEnd(() => server.close());
  const module = await server.ssrLoadModule('/bench/runGpu.ts');
  const { runGpu } = module as typeof import('../runGpu.ts');
  try {
    return await runGpu({ entry }, job, progress);
  } finally {
    // Dawn goes when nobody holds what create() returned, and takes living devices with it.
    retained.push(entry);
  }
}

/** Lives as long as the process. */
const retained: GPU[] = [];
