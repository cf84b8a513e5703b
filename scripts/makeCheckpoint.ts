import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  dit13,
  ditLayouts,
  fileParts,
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

const usage = `npm run make-checkpoint -- FOLDER [--size 1.3B] [--layout NAME]

Writes made-up Wan2.1 checkpoints to FOLDER, with the names, shapes and types of real ones and weights from a hash:
without more, every layout of every network in a small size, each in a folder of its own. With --size 1.3B the
transformer of Wan2.1 1.3B in one layout, fp16 as ComfyUI has it unless --layout names another (2.8 GB).

Layouts of the transformer: ${Object.keys(ditLayouts).join('; ')}`;

main(async () => {
  const { folder, large, layout } = readArguments(process.argv.slice(2));
  if (large) return writeFiles(folder, dit(layout ?? 'ComfyUI, fp16', dit13));
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

function readArguments(values: string[]): { folder: string; large: boolean; layout: string | undefined } {
  const [folder, ...rest] = values;
  if (folder === undefined || folder.startsWith('--')) throw new Error(usage);
  let large = false;
  let layout: string | undefined;
  for (let i = 0; i < rest.length; i += 2) {
    const [option, value] = [rest[i], rest[i + 1]];
    if (option === '--size' && value === '1.3B') large = true;
    else if (option === '--layout' && value !== undefined) layout = value;
    else throw new Error(usage);
  }
  return { folder, large, layout };
}

/** Writes one tensor after the other, so that a file may be larger than memory. */
async function writeFiles(folder: string, files: readonly WrittenFile[]): Promise<void> {
  for (const file of files) {
    const path = join(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    const stream = createWriteStream(path);
    let bytes = 0;
    for (const part of fileParts(file)) {
      bytes += part.length;
      if (!stream.write(part)) await once(stream, 'drain');
    }
    stream.end();
    await once(stream, 'finish');
    console.log(`${path}: ${bytes} bytes`);
  }
}
