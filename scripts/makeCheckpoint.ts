import { join } from 'node:path';
import {
  ditLayouts,
  smallDit,
  smallTaehv,
  smallUmt5,
  smallVae,
  taehvLayouts,
  umt5Layouts,
  vaeLayouts,
  type WrittenFile,
} from '../src/engine/testing/randomCheckpoint.ts';
import { main } from './lib/main.mjs';
import { writeCompanions, writeFiles, writeTransformer13 } from './lib/writeCheckpoint.ts';

const usage = `npm run make-checkpoint -- FOLDER [--size 1.3B [--whole]] [--layout NAME]

Writes made-up Wan2.1 checkpoints to FOLDER, with the names, shapes and types of real ones and weights from a hash:
without more, every layout of every network in a small size, each in a folder of its own. With --size 1.3B the
transformer of Wan2.1 1.3B in one layout, fp16 as ComfyUI has it unless --layout names another (2.8 GB); --whole
adds what a film needs beside it: two layers of UMT5-XXL, a tokenizer and a small decoder (0.8 GB).

Layouts of the transformer: ${Object.keys(ditLayouts).join('; ')}`;

main(async () => {
  const { folder, large, whole, layout } = readArguments(process.argv.slice(2));
  if (large) {
    await writeTransformer13(folder, layout ?? 'ComfyUI, fp16');
    if (whole) await writeCompanions(folder);
    return;
  }
  const chosen = layout === undefined ? Object.keys(ditLayouts) : [layout];
  for (const name of chosen) await writeFiles(join(folder, 'transformer', name), dit(name, smallDit));
  if (layout !== undefined) return;
  for (const [name, files] of Object.entries(umt5Layouts)) {
    await writeFiles(join(folder, 'text encoder', name), files(smallUmt5));
  }
  for (const [name, files] of Object.entries(vaeLayouts)) {
    await writeFiles(join(folder, 'Wan-VAE', name), files(smallVae));
  }
  for (const [name, files] of Object.entries(taehvLayouts)) {
    await writeFiles(join(folder, 'TAEHV', name), files(smallTaehv));
  }
});

function dit(layout: string, shape: typeof smallDit): WrittenFile[] {
  const files = ditLayouts[layout]?.(shape);
  if (!files) throw new Error(`There is no layout "${layout}".\n\n${usage}`);
  return files;
}

function readArguments(values: string[]): {
  folder: string;
  large: boolean;
  whole: boolean;
  layout: string | undefined;
} {
  const [folder, ...rest] = values;
  if (folder === undefined || folder.startsWith('--')) throw new Error(usage);
  let large = false;
  let layout: string | undefined;
  const whole = rest.includes('--whole');
  const pairs = rest.filter((option) => option !== '--whole');
  for (let i = 0; i < pairs.length; i += 2) {
    const [option, value] = [pairs[i], pairs[i + 1]];
    if (option === '--size' && value === '1.3B') large = true;
    else if (option === '--layout' && value !== undefined) layout = value;
    else throw new Error(usage);
  }
  if (whole && !large) throw new Error(usage);
  return { folder, large, whole, layout };
}
