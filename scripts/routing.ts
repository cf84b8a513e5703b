import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createServer, type Plugin, type ViteDevServer } from 'vite';
import type { RoutingReport } from '../bench/routing/page.ts';
import { meanRows, routingTable } from '../bench/routing/table.ts';
import { withCleanUp } from './lib/cleanUp.ts';
import { type HeadlessPage, openHeadlessPage } from './lib/headlessPage.ts';
import { main } from './lib/main.mjs';
import { root } from './lib/paths.mjs';

const pagePath = '/routing-page/';

main(async () => {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  const { rows, adapter } = await withCleanUp(async (onEnd) => {
    const server = await startServer();
    onEnd(() => server.close());
    return measureInPage(await openHeadlessPage(onEnd), server);
  });
  const text = [
    `Routings that need no training, against dense attention: npm run routing, ${new Date().toISOString().slice(0, 10)}, ${adapter}`,
    '',
    'density: share of the query-key pairs that is computed. mass kept: share of the softmax mass on these pairs, mean',
    'over 256 queries. relative error: of the attention output. k-means: queries and keys clustered apart, every head by',
    'itself; as many: with as many clusters of queries as of keys; one clustering: the clusters of the keys for both;',
    'chunks: mixture of contexts with one latent frame a chunk.',
    '',
    'Means over the blocks and steps of each model:',
    '',
    routingTable(meanRows(rows)),
    '',
    'All of them:',
    '',
    routingTable(rows),
    '',
  ].join('\n');
  console.log(text);
  if (values.out) await writeFile(values.out, text);
});

/** Vite's server with an empty page to measure in. */
async function startServer(): Promise<ViteDevServer> {
  const emptyPage: Plugin = {
    name: 'routing-page',
    configureServer({ middlewares }) {
      middlewares.use(pagePath, (_, response) => {
        response.setHeader('Content-Type', 'text/html; charset=utf-8');
        response.end('<!doctype html><title>Routing</title>');
      });
    },
  };
  const server = await createServer({
    root,
    plugins: [emptyPage],
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
    logLevel: 'warn',
  });
  return server.listen();
}

async function measureInPage({ page, failed }: HeadlessPage, server: ViteDevServer): Promise<RoutingReport> {
  const address = server.resolvedUrls?.local[0];
  if (address === undefined)
    throw new Error('The local server did not start: check that 127.0.0.1 is reachable.');
  await page.exposeFunction('reportProgress', (text: string) => console.error(text));
  await page.goto(new URL(pagePath, address).href);
  const outcome = page.evaluate(async (module) => {
    const progress: (text: string) => void = Reflect.get(window, 'reportProgress');
    try {
      const { measureInThisPage }: typeof import('../bench/routing/page.ts') = await import(module);
      return { ok: true as const, report: await measureInThisPage((text) => progress(text)) };
    } catch (error) {
      return { ok: false as const, sentence: error instanceof Error ? error.message : String(error) };
    }
  }, '/bench/routing/page.ts');
  const result = await Promise.race([outcome, failed]);
  if (!result.ok) throw new Error(result.sentence);
  return result.report;
}
