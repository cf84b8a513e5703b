import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  dit13,
  ditLayouts,
  fileParts,
  smallTaehv,
  taehvLayouts,
  umt5Layouts,
  type WrittenFile,
} from '../../src/engine/testing/randomCheckpoint.ts';
import { root } from './paths.mjs';

/** UMT5-XXL cut down to two of its 24 layers and to few words: layers of the real size, so that memory shows. */
const twoLayers = { vocab: 400, dim: 4096, inner: 4096, heads: 64, layers: 2, ffn: 10_240, buckets: 32 };

/** Writes one tensor after the other, so that a file may be larger than memory. */
export async function writeFiles(folder: string, files: readonly WrittenFile[]): Promise<void> {
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

/** Everything that a film needs around a transformer of 1.3B: two layers of UMT5-XXL, a tokenizer, a small decoder. */
export async function writeCompanions(folder: string): Promise<void> {
  await writeFiles(folder, umt5Layouts['Hugging Face, sharded, bf16']?.(twoLayers) ?? []);
  await writeFiles(folder, taehvLayouts['original, fp16']?.(smallTaehv) ?? []);
  await mkdir(join(folder, 'tokenizer'), { recursive: true });
  const tokenizer = join(root, 'src', 'model', 'fixtures', 'umt5', 'tokenizer.json');
  await copyFile(tokenizer, join(folder, 'tokenizer', 'tokenizer.json'));
}

/** Writes the transformer of Wan2.1 1.3B in full size. Throws when there is no such layout. */
export async function writeTransformer13(folder: string, layout: string): Promise<void> {
  const files = ditLayouts[layout]?.(dit13);
  if (!files) throw new Error(`There is no layout "${layout}".`);
  await writeFiles(folder, files);
}
