import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createServer, type Plugin, type ViteDevServer } from 'vite';
import type { GoldenReport, GoldenRow } from '../src/engine/golden/run.ts';
import { withCleanUp } from './lib/cleanUp.ts';
import { type HeadlessPage, openHeadlessPage } from './lib/headlessPage.ts';
import { main } from './lib/main.mjs';
import { root } from './lib/paths.mjs';
import { serveFile } from './lib/staticServer.mjs';

const pagePath = '/golden-page/';
const folderPath = '/golden-folder/';

main(async () => {
  const [folder, ...rest] = process.argv.slice(2);
  if (folder === undefined || rest.length > 0)
    throw new Error('Name one golden folder: npm run golden -- FOLDER');
  const config = await stat(join(folder, 'config.json')).catch(() => undefined);
  if (!config?.isFile())
    throw new Error(`${folder} is no golden folder, for it has no config.json: name another.`);

  const report = await withCleanUp(async (onEnd) => {
    const server = await startServer(resolve(folder));
    onEnd(() => server.close());
    return runInPage(await openHeadlessPage(onEnd), server);
  });
  const bad = report.rows.filter(({ ok }) => !ok).length;
  console.log(`\n${report.rows.length - bad} of ${report.rows.length} within tolerance on ${report.adapter}`);
  return report.ok ? 0 : 1;
});

/** Vite's server with two more paths: an empty page to run in, and the golden folder. */
async function startServer(folder: string): Promise<ViteDevServer> {
  const golden: Plugin = {
    name: 'golden-folder',
    configureServer({ middlewares }) {
      middlewares.use(pagePath, (_, response) => {
        response.setHeader('Content-Type', 'text/html; charset=utf-8');
        response.end('<!doctype html><title>Golden</title>');
      });
      middlewares.use(folderPath, (request, response) => {
        void serveFile(folder, new URL(request.url ?? '/', 'http://localhost').pathname, request, response);
      });
    },
  };
  const server = await createServer({
    root,
    plugins: [golden],
    server: { host: '127.0.0.1', port: 0, hmr: false },
    logLevel: 'warn',
  });
  return server.listen();
}

async function runInPage({ page, failed }: HeadlessPage, server: ViteDevServer): Promise<GoldenReport> {
  const address = server.resolvedUrls?.local[0];
  if (address === undefined)
    throw new Error('The local server did not start: check that 127.0.0.1 is reachable.');
  await page.exposeFunction('reportRow', printRow);
  await page.goto(new URL(pagePath, address).href);
  const outcome = page.evaluate(
    async ({ module, folder }) => {
      const reportRow: (row: GoldenRow) => void = Reflect.get(window, 'reportRow');
      try {
        const { runGoldenFolder }: typeof import('../src/engine/golden/run.ts') = await import(module);
        return { ok: true as const, report: await runGoldenFolder(folder, (row) => reportRow(row)) };
      } catch (error) {
        return { ok: false as const, sentence: error instanceof Error ? error.message : String(error) };
      }
    },
    { module: '/src/engine/golden/run.ts', folder: new URL(folderPath, address).href },
  );
  const result = await Promise.race([outcome, failed]);
  if (!result.ok) throw new Error(result.sentence);
  return result.report;
}

function printRow({ name, error, tolerance, unit, ok }: GoldenRow): void {
  const figures = [error, tolerance].map((value) => value.toPrecision(3).padStart(10)).join(' of ');
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(28)}${figures} ${unit}`);
}
