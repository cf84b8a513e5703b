import { afterEach, describe, expect, it, vi } from 'vitest';
import { saveToDisk } from './saveToDisk.ts';

const film = new File([new Uint8Array([1, 2, 3])], 'internal.mp4', { type: 'video/mp4' });

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A file that the dialog would have given: one of the private file system. */
async function chosenFile(): Promise<FileSystemFileHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getFileHandle('chosen.mp4', { create: true });
}

describe('saveToDisk', () => {
  it('streams the film into the file that the person chose', async () => {
    const chosen = await chosenFile();
    const picker = vi.fn(async (_: { suggestedName: string }) => chosen);
    vi.stubGlobal('showSaveFilePicker', picker);
    expect(await saveToDisk(film, 'The red sailboat.mp4')).toBe('saved');
    expect(picker.mock.calls[0]?.[0]).toMatchObject({ suggestedName: 'The red sailboat.mp4' });
    expect(await (await chosen.getFile()).bytes()).toEqual(await film.bytes());
  });

  it('makes what takes time only once the person has chosen', async () => {
    const chosen = await chosenFile();
    const order: string[] = [];
    vi.stubGlobal('showSaveFilePicker', async (options: { types: { accept: object }[] }) => {
      order.push(JSON.stringify(options.types[0]?.accept));
      return chosen;
    });
    const make = async () => {
      order.push('made');
      return new Blob(['sheet']);
    };
    expect(await saveToDisk(make, 'sheet.png')).toBe('saved');
    expect(order).toEqual(['{"image/png":[".png"]}', 'made']);
    expect(await (await chosen.getFile()).text()).toBe('sheet');
  });

  it('takes a closed dialog for what it is', async () => {
    vi.stubGlobal('showSaveFilePicker', async () => {
      throw new DOMException('The user aborted a request.', 'AbortError');
    });
    expect(await saveToDisk(film, 'film.mp4')).toBe('dismissed');
  });

  it('says that the disk is full', async () => {
    const chosen = await chosenFile();
    const full = new WritableStream({
      write() {
        throw new DOMException('Full', 'QuotaExceededError');
      },
    });
    vi.stubGlobal('showSaveFilePicker', async () =>
      Object.assign(chosen, { createWritable: async () => full }),
    );
    await expect(saveToDisk(film, 'film.mp4')).rejects.toMatchObject({ code: 'storage-full' });
  });

  it('downloads where there is no dialog', async () => {
    Reflect.deleteProperty(window, 'showSaveFilePicker');
    const clicked: { name: string; type: string | null; bytes: Uint8Array }[] = [];
    const reads: Promise<void>[] = [];
    const onClick = (event: MouseEvent) => {
      event.preventDefault();
      const link = event.target;
      if (!(link instanceof HTMLAnchorElement)) return;
      reads.push(
        fetch(link.href).then(async (response) => {
          const type = response.headers.get('Content-Type');
          clicked.push({ name: link.download, type, bytes: await response.bytes() });
        }),
      );
    };
    const click = HTMLAnchorElement.prototype.click;
    HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
      this.addEventListener('click', onClick);
      click.call(this);
    };
    try {
      expect(await saveToDisk(film, 'The red sailboat.mp4')).toBe('downloading');
    } finally {
      HTMLAnchorElement.prototype.click = click;
    }
    await Promise.all(reads);
    expect(clicked).toEqual([{ name: 'The red sailboat.mp4', type: 'video/mp4', bytes: await film.bytes() }]);
  });
});
