import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { drawReport } from '../bench/chart.ts';
import { type BenchArguments, parseBenchArguments } from '../bench/host/arguments.ts';
import { runFilm } from '../bench/host/film.ts';
import { runMinute } from '../bench/host/minute.ts';
import { runGpuInNode } from '../bench/host/node.ts';
import { runGpuInPage } from '../bench/host/page.ts';
import type { BenchReport, FilmBench, GpuResults, MinuteBench } from '../bench/report.ts';
import type { GpuJob } from '../bench/runGpu.ts';
import { summarize } from '../bench/summary.ts';
import { describeReport } from '../bench/tables.ts';
import { parseModelConfig } from '../src/model/config.ts';
import { withCleanUp } from './lib/cleanUp.ts';
import { main } from './lib/main.mjs';
import { root } from './lib/paths.mjs';

main(async () => {
  const options = parseBenchArguments(process.argv.slice(2));
  const before = loadavg()[0] ?? 0;
  const { gpu, film, minute, versions } = await measure(options);
  const report: BenchReport = {
    format: 'shotweave/bench',
    version: 1,
    date: new Date().toISOString(),
    command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
    versions,
    machine: {
      platform: `${process.platform} ${process.arch}`,
      processor: cpus()[0]?.model.trim() ?? 'unknown processor',
      cores: cpus().length,
      load: [before, loadavg()[0] ?? 0],
    },
    summary: summarize(gpu),
    gpu,
    film,
    minute,
  };
  console.log(describeReport(report));
  if (options.jsonFile) await writeFile(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  if (options.chartFile) await writeFile(options.chartFile, drawReport(report));
});

interface Measured {
  gpu: GpuResults | null;
  film: FilmBench | null;
  minute: MinuteBench | null;
  versions: Record<string, string>;
}

async function measure(options: BenchArguments): Promise<Measured> {
  const { suites, maxTokens, groups, quick, node } = options;
  const measured: Measured = {
    gpu: null,
    film: null,
    minute: null,
    versions: { shotweave: await versionOf(root), node: process.versions.node },
  };
  const job: GpuJob = {
    kernels: suites.includes('kernels'),
    attention: suites.includes('attention'),
    maxTokens,
    groups,
    quick,
    papercut: parseModelConfig(
      JSON.parse(await readFile(join(root, 'public', 'models', 'papercut', 'config.json'), 'utf8')),
    ),
  };
  if (job.kernels || job.attention) {
    await withCleanUp(async (onEnd) => {
      if (node) {
        measured.gpu = await runGpuInNode(job, progress, onEnd);
        measured.versions.webgpu = await versionOf(join(root, 'node_modules', 'webgpu'));
      } else {
        const { results, browser } = await runGpuInPage(job, progress, onEnd);
        measured.gpu = results;
        measured.versions.chromium = browser;
      }
    });
  }
  if (suites.includes('film')) {
    const { film, browser } = await withCleanUp((onEnd) => runFilm(options, progress, onEnd));
    measured.film = film;
    measured.versions.chromium = browser;
  }
  if (suites.includes('minute')) {
    const { minute, browser } = await withCleanUp((onEnd) => runMinute(options, progress, onEnd));
    measured.minute = minute;
    measured.versions.chromium = browser;
  }
  return measured;
}

async function versionOf(folder: string): Promise<string> {
  const { version }: { version: string } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return version;
}

/** On stderr, for stdout may be somebody's data. */
function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
