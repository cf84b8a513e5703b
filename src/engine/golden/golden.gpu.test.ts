import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '../device.ts';
import { fetchBytes, type PapercutFiles, papercutFiles, withTensor } from '../testing/papercut.ts';
import { blobSource } from '../weights/byteSource.ts';
import { type GoldenReport, runGoldens } from './run.ts';

const fixtures: Record<string, string> = import.meta.glob('./fixtures/papercut/*.safetensors', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** What comes before it takes minutes on a CPU; `npm run golden` goes through every step. */
const sampleFrom = 12;

let papercut: PapercutFiles;
let device: Awaited<ReturnType<typeof openDevice>>;
beforeAll(async () => {
  papercut = await papercutFiles();
  device = await openDevice();
});
afterAll(() => device.gpu.device.destroy());

async function runFixture(name: string, { config, dit, ae }: PapercutFiles): Promise<GoldenReport> {
  const url = fixtures[`./fixtures/papercut/${name}.safetensors`] ?? '';
  const files = {
    config,
    dit: blobSource('dit.safetensors', dit),
    ae: blobSource('ae.safetensors', ae),
    goldens: [blobSource(name, await fetchBytes(url))],
  };
  return runGoldens(files, () => {}, { device, sampleFrom });
}

/** Rows of a forward pass, with the blocks and groups that a file holds. */
function forwardRows(blocks: readonly number[], groups: readonly number[]): string[] {
  return [
    'text.out',
    'dit.context',
    'dit.e',
    'dit.e0',
    'dit.tokens',
    ...blocks.map((block) => `dit.block${block}`),
    ...groups.map((group) => `dit.group${group}`),
    'out.v',
  ];
}

const all = [0, 1, 2, 3, 4, 5, 6, 7];
const expectedRows: Record<string, string[]> = {
  golden: [...forwardRows(all, all), 'ae.decoded by 1', 'ae.decoded by 3'],
  portrait: [...forwardRows([0, 3, 6], [0, 1, 4, 7]), 'ae.decoded by 1', 'ae.decoded by 2'],
  one_frame: [...forwardRows(all, all), 'ae.decoded by 1'],
  five_cuts: forwardRows([1, 4, 7], [0, 2, 5]),
  golden_sample: [
    'sample.sigmas',
    'sample.v_cond_0',
    'sample.v_null_0',
    'sample.x_after_16',
    'sample.frames_u8',
  ],
};

describe('the engine agrees with PyTorch', () => {
  it('has an expectation for every fixture', () => {
    const names = Object.keys(fixtures).map((path) => path.replace(/^.*\/(\w+)\.safetensors$/, '$1'));
    expect(names.sort()).toEqual(Object.keys(expectedRows).sort());
  });

  it.each(Object.entries(expectedRows))(
    'in every tensor of %s',
    async (name, rows) => {
      const report = await runFixture(name, papercut);
      expect(report.rows.filter(({ ok }) => !ok)).toEqual([]);
      expect(report.rows.map((row) => row.name).sort()).toEqual([...rows].sort());
      expect(report.ok).toBe(true);
    },
    900_000,
  );
});

describe('a comparison fails', () => {
  const failing = (report: GoldenReport): string[] =>
    report.rows.filter(({ ok }) => !ok).map(({ name }) => name);

  it('from the first tensor on that a changed weight reaches', async () => {
    const dit = await withTensor(papercut.dit, 'blocks.4.ffn.2.bias', (bytes) => {
      bytes.set([0x00, 0x3c], 0); // 1 in float16
    });
    const report = await runFixture('one_frame', { ...papercut, dit });
    expect(report.ok).toBe(false);
    expect(failing(report)).toEqual(expect.arrayContaining(['dit.block4', 'dit.block7', 'out.v']));
    expect(failing(report)).not.toContain('dit.block3');
    expect(failing(report)).not.toContain('ae.decoded by 1');
  });

  it('when the decoder has a changed weight', async () => {
    const ae = await withTensor(papercut.ae, 'decoder.conv_out.bias', (bytes) => {
      bytes.set([0x00, 0x3c], 0);
    });
    expect(failing(await runFixture('one_frame', { ...papercut, ae }))).toEqual(['ae.decoded by 1']);
  });

  it('when there is nothing to compare', async () => {
    const { config, dit, ae } = papercut;
    const files = { config, dit: blobSource('dit', dit), ae: blobSource('ae', ae), goldens: [] };
    expect((await runGoldens(files, () => {})).ok).toBe(false);
  });
});
