import { createServer, type Plugin, type ViteDevServer } from 'vite';
import type { Undo } from '../../scripts/lib/cleanUp.ts';
import { openHeadlessPage } from '../../scripts/lib/headlessPage.ts';
import { root } from '../../scripts/lib/paths.mjs';
import type { GpuResults } from '../report.ts';
import type { GpuJob } from '../runGpu.ts';

const pagePath = '/bench-page/';

/** As strict as the studio's, but that ONNX Runtime compiles WebAssembly and starts it from a blob. */
const policy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob:; connect-src 'self' ws: blob:; base-uri 'none'";

/** Runs the suites in a page of a headless Chromium. Gives the browser's version as well. */
export async function runGpuInPage(
  job: GpuJob,
  progress: (text: string) => void,
  onEnd: (undo: Undo) => void,
): Promise<{ results: GpuResults; browser: string }> {
  const server = await startServer();
  onEnd(() => server.close());
  const { page, failed } = await openHeadlessPage(onEnd);
  const address = server.resolvedUrls?.local[0];
  if (address === undefined)
    throw new Error('The local server did not start: check that 127.0.0.1 is reachable.');
  await page.exposeFunction('reportProgress', progress);
  await page.goto(new URL(pagePath, address).href);
  const outcome = page.evaluate(
    async ({ module, work }) => {
      const report: (text: string) => void = Reflect.get(window, 'reportProgress');
      try {
        const { runInThisPage }: typeof import('../page.ts') = await import(module);
        return { ok: true as const, results: await runInThisPage(work, (text) => report(text)) };
      } catch (error) {
        return { ok: false as const, sentence: error instanceof Error ? error.message : String(error) };
      }
    },
    { module: '/bench/page.ts', work: job },
  );
  const result = await Promise.race([outcome, failed]);
  if (!result.ok) throw new Error(result.sentence);
  return { results: result.results, browser: page.context().browser()?.version() ?? 'unknown' };
}

/** Vite's server with an empty page to run in. */
async function startServer(): Promise<ViteDevServer> {
  const emptyPage: Plugin = {
    name: 'bench-page',
    configureServer({ middlewares }) {
      middlewares.use(pagePath, (_, response) => {
        response.setHeader('Content-Type', 'text/html; charset=utf-8');
        response.setHeader('Content-Security-Policy', policy);
        response.end('<!doctype html><title>Bench</title>');
      });
    },
  };
  const server = await createServer({
    root,
    plugins: [emptyPage],
    // The bundled form is a module already; found late, it would make Vite reload the page.
    optimizeDeps: { exclude: ['onnxruntime-web'] },
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
    logLevel: 'warn',
  });
  return server.listen();
}
