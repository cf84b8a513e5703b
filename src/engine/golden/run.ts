import { type ModelConfig, parseModelConfig } from '../../model/config.ts';
import { openDevice } from '../device.ts';
import { Runner } from '../gpu/runner.ts';
import { loadModel, type Model } from '../model.ts';
import type { KernelName } from '../tuning/variants.ts';
import { type ByteSource, blobSource } from '../weights/byteSource.ts';
import { Safetensors } from '../weights/safetensors.ts';
import { compareAutoencoder } from './autoencoder.ts';
import type { GoldenRow } from './compare.ts';
import { compareForward } from './forward.ts';
import { compareSample } from './sample.ts';
import type { RowListener } from './setting.ts';

export type { GoldenRow };

export interface GoldenReport {
  rows: GoldenRow[];
  adapter: string;
  ok: boolean;
}

/**
 * Runs a golden folder (config.json, dit.safetensors, ae.safetensors, and golden.safetensors or
 * golden_sample.safetensors or both) through the engine and reports the error of every tensor as it comes.
 */
export async function runGoldenFolder(baseUrl: string, onRow: RowListener): Promise<GoldenReport> {
  const fetchFile = async (name: string): Promise<ByteSource | null> => {
    const response = await fetch(new URL(name, baseUrl));
    return response.ok ? blobSource(name, await response.blob()) : null;
  };
  const required = async (name: string): Promise<ByteSource> => {
    const source = await fetchFile(name);
    if (!source) throw new Error(`The golden folder has no ${name}: choose a complete one.`);
    return source;
  };
  const config = await fetch(new URL('config.json', baseUrl)).then((response) => response.json());
  const goldens = [await fetchFile('golden.safetensors'), await fetchFile('golden_sample.safetensors')];
  return runGoldens(
    {
      config: parseModelConfig(config),
      dit: await required('dit.safetensors'),
      ae: await required('ae.safetensors'),
      goldens: goldens.filter((golden) => golden !== null),
    },
    onRow,
  );
}

export interface GoldenOptions {
  /** Variants of kernels to run, instead of those that the adapter would choose. */
  variants?: Partial<Record<KernelName, string>>;
  /** Whether one of them multiplies in f16. */
  half?: boolean;
  /** A device to run on, with the pipelines that it has; it stays open. Else one is opened and destroyed. */
  device?: OpenedDevice;
  /** Steps of a whole run to leave out: it begins with the reference's latents after them. */
  sampleFrom?: number;
}

type OpenedDevice = Awaited<ReturnType<typeof openDevice>>;

/** The same with the files at hand. */
export async function runGoldens(
  files: { config: ModelConfig; dit: ByteSource; ae: ByteSource; goldens: readonly ByteSource[] },
  onRow: RowListener,
  { variants, half = false, device, sampleFrom }: GoldenOptions = {},
): Promise<GoldenReport> {
  const { gpu, adapter } = device ?? (await openDevice());
  if (variants) gpu.choices.forceAll(variants);
  const { config, dit, ae } = files;
  const rows: GoldenRow[] = [];
  const report = (row: GoldenRow): void => {
    rows.push(row);
    onRow(row);
  };
  let model: Model | undefined;
  try {
    model = await loadModel(gpu, config, { dit, ae });
    const setting = { gpu, runner: new Runner(gpu), model, config, half, dit: await Safetensors.open(dit) };
    for (const source of files.goldens) {
      const golden = await Safetensors.open(source);
      if (golden.has('in.x')) await compareForward(setting, golden, report);
      if (golden.has('ae.decoded')) await compareAutoencoder(setting, golden, report);
      if (golden.has('sample.noise')) await compareSample(setting, golden, report, sampleFrom);
    }
  } finally {
    if (device) model?.free();
    else gpu.device.destroy();
  }
  return {
    rows,
    adapter: adapter.description || adapter.architecture,
    ok: rows.length > 0 && rows.every(({ ok }) => ok),
  };
}
