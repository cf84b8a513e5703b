import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright';
import type { Undo } from './cleanUp.ts';

export interface Size {
  width: number;
  height: number;
}

const sizes: readonly Size[] = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
];

const run = promisify(execFile);

/** Takes the page as it is now at both sizes, and leaves it at the larger one. */
export async function takeState(page: Page, folder: string, state: string): Promise<void> {
  for (const size of [...sizes].reverse()) {
    await page.setViewportSize(size);
    // Filmstrips are drawn for the new size, and the timeline finds its scale.
    await page.waitForTimeout(400);
    const path = join(folder, `${state}-${size.width}x${size.height}.png`);
    await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    await shrink(path);
    console.log(`${relative(process.cwd(), path)} ${Math.round((await stat(path)).size / 1024)} KiB`);
  }
}

/** Draws a picture anew with 256 colours of its own: less than half the bytes. */
async function shrink(path: string): Promise<void> {
  const smaller = `${path}.small.png`;
  const filter = 'split[a][b];[a]palettegen[palette];[b][palette]paletteuse=dither=none';
  await run('ffmpeg', [
    '-v',
    'error',
    '-y',
    '-i',
    path,
    '-vf',
    filter,
    '-frames:v',
    '1',
    '-update',
    '1',
    smaller,
  ]);
  await rename(smaller, path);
}

/** Pictures of the page one after the other, for an animated one. */
export class Flipbook {
  readonly #page: Page;
  readonly #folder: string;
  #count = 0;

  private constructor(page: Page, folder: string) {
    this.#page = page;
    this.#folder = folder;
  }

  static async open(page: Page, onEnd: (undo: Undo) => void): Promise<Flipbook> {
    const folder = await mkdtemp(join(tmpdir(), 'shotweave-flipbook-'));
    onEnd(() => rm(folder, { recursive: true, force: true }));
    return new Flipbook(page, folder);
  }

  /** Adds the page as it is now. */
  async add(): Promise<void> {
    const picture = await this.#page.screenshot({ animations: 'disabled', caret: 'hide' });
    await writeFile(join(this.#folder, `${String(this.#count).padStart(4, '0')}.png`), picture);
    this.#count += 1;
  }

  /** Writes an animated WebP that goes round for ever. */
  async write(path: string, { width, rate, quality }: { width: number; rate: number; quality: number }) {
    await run('ffmpeg', [
      ...['-v', 'error', '-y', '-framerate', String(rate), '-i', join(this.#folder, '%04d.png')],
      ...['-vf', `scale=${width}:-2:flags=lanczos`, '-c:v', 'libwebp_anim', '-loop', '0'],
      ...['-quality', String(quality), '-compression_level', '6', path],
    ]);
    console.log(`${relative(process.cwd(), path)} ${Math.round((await stat(path)).size / 1024)} KiB`);
  }
}
