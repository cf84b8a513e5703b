import { describe, expect, it } from 'vitest';
import { ShotweaveError } from '../lib/errors.ts';
import { readStoryboardBox, storyboardBox, storyboardBoxLimit, storyboardBoxType } from './storyboardBox.ts';

const json = '{"title":"Das rote Segelboot ⛵","prompt":"<b>wide</b>"}';

function box(type: string, body: Uint8Array | number = 0, declaredSize?: number): Uint8Array<ArrayBuffer> {
  const payload = typeof body === 'number' ? new Uint8Array(body) : body;
  const bytes = new Uint8Array(8 + payload.length);
  new DataView(bytes.buffer).setUint32(0, declaredSize ?? bytes.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(payload, 8);
  return bytes;
}

function longBox(type: string, body: number, declaredSize: bigint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16 + body);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 1);
  bytes.set(new TextEncoder().encode(type), 4);
  view.setBigUint64(8, declaredSize);
  return bytes;
}

const ftyp = box('ftyp', 16);

/** Counts what is read of a file. */
function counted(parts: BlobPart[]): { file: Blob; bytesRead: () => number } {
  let total = 0;
  const file = new Blob(parts);
  const slice = file.slice.bind(file);
  file.slice = (...range) => {
    const part = slice(...range);
    total += part.size;
    return part;
  };
  return { file, bytesRead: () => total };
}

async function refusal(file: Blob): Promise<string> {
  const error = await readStoryboardBox(file).then(
    (value) => new Error(`Read ${value}`),
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(ShotweaveError);
  expect(error).toHaveProperty('code', 'storyboard-invalid');
  return error instanceof Error ? error.message : '';
}

describe('storyboardBox', () => {
  it('is a uuid box of the stated size and type', () => {
    const bytes = storyboardBox('{}');
    expect(bytes.length).toBe(26);
    expect([...bytes.subarray(0, 8)]).toEqual([0, 0, 0, 26, 0x75, 0x75, 0x69, 0x64]);
    expect(bytes.subarray(8, 24)).toEqual(storyboardBoxType);
    expect(new TextDecoder().decode(bytes.subarray(24))).toBe('{}');
  });

  it('refuses more than its reader would take', async () => {
    const longest = 'x'.repeat(storyboardBoxLimit);
    expect(await readStoryboardBox(new Blob([ftyp, storyboardBox(longest)]))).toBe(longest);
    expect(() => storyboardBox(`${longest}x`)).toThrow(ShotweaveError);
    // The limit counts bytes, not characters.
    expect(() => storyboardBox('é'.repeat(storyboardBoxLimit / 2 + 1))).toThrow(ShotweaveError);
  });
});

describe('readStoryboardBox', () => {
  it('reads what was written, after the pictures', async () => {
    const film = new Blob([ftyp, box('moov', 500), box('mdat', 100_000), storyboardBox(json)]);
    expect(await readStoryboardBox(film)).toBe(json);
  });

  it('reads the storyboard in any place', async () => {
    expect(await readStoryboardBox(new Blob([ftyp, storyboardBox(json), box('mdat', 9)]))).toBe(json);
  });

  it('follows 64-bit sizes', async () => {
    const film = new Blob([ftyp, longBox('mdat', 5000, 5016n), storyboardBox(json)]);
    expect(await readStoryboardBox(film)).toBe(json);
  });

  it('takes size 0 as up to the end of the file', async () => {
    const open = storyboardBox(json);
    new DataView(open.buffer).setUint32(0, 0);
    expect(await readStoryboardBox(new Blob([ftyp, open]))).toBe(json);
    expect(await readStoryboardBox(new Blob([ftyp, box('mdat', 64, 0)]))).toBeNull();
  });

  it('passes over the uuid boxes of other programs', async () => {
    const other = box('uuid', 40);
    expect(await readStoryboardBox(new Blob([ftyp, other, storyboardBox(json)]))).toBe(json);
    expect(await readStoryboardBox(new Blob([ftyp, box('mdat', 40), other]))).toBeNull();
  });

  it('reads headers only', async () => {
    const { file, bytesRead } = counted([ftyp, box('mdat', 50_000_000), storyboardBox(json)]);
    expect(await readStoryboardBox(file)).toBe(json);
    expect(bytesRead()).toBeLessThan(20_000);
  });

  it('reads thousands of boxes without reading the file thousands of times', async () => {
    const boxes = new Uint8Array(20_000 * 8);
    for (let i = 0; i < 20_000; i++) boxes.set(box('free'), i * 8);
    const { file, bytesRead } = counted([ftyp, boxes, storyboardBox(json)]);
    expect(await readStoryboardBox(file)).toBe(json);
    expect(bytesRead()).toBeLessThan(2 * file.size);
  });

  it.each([
    ['the last box is cut short', [ftyp, box('mdat', 50, 5000)]],
    ['the storyboard is cut short', [ftyp, storyboardBox(json).slice(0, -5)]],
    ['the file ends within a header', [ftyp, box('mdat', 8), new Uint8Array(5)]],
    ['a size is under that of its header', [ftyp, box('mdat', 8, 7), storyboardBox(json)]],
    ['a 64-bit size is under that of its header', [ftyp, longBox('mdat', 8, 15n), storyboardBox(json)]],
    ['a 64-bit size is past every file', [ftyp, longBox('mdat', 8, 2n ** 64n - 1n), storyboardBox(json)]],
    ['a 64-bit size is cut short', [ftyp, box('mdat', 4, 1)]],
    ['a uuid box has no room for its type', [ftyp, box('uuid', 15), storyboardBox(json)]],
    ['the last uuid box has no room for its type', [ftyp, box('uuid', 3)]],
    ['the text is not UTF-8', [ftyp, box('uuid', Uint8Array.of(...storyboardBoxType, 0xff, 0xfe))]],
  ])('refuses a film where %s', async (_, parts) => {
    expect(await refusal(new Blob(parts))).toMatch(/damaged or cut short.*get the file again/);
  });

  it('refuses an oversized storyboard without reading it', async () => {
    const body = new Uint8Array(16 + storyboardBoxLimit + 1);
    body.set(storyboardBoxType);
    const { file, bytesRead } = counted([ftyp, box('uuid', body)]);
    expect(await refusal(file)).toContain('4 MB');
    expect(bytesRead()).toBeLessThan(20_000);
  });

  it('gives up on an endless row of boxes', async () => {
    const boxes = new Uint8Array(200_000 * 8);
    for (let i = 0; i < 200_000; i++) boxes.set(box('free'), i * 8);
    expect(await refusal(new Blob([ftyp, boxes]))).toContain('damaged');
  });

  it.each([
    ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13])],
    ['text', new TextEncoder().encode('{"format":"shotweave/storyboard"}')],
    ['three bytes', new Uint8Array(3)],
  ])('says that %s is no film', async (_, bytes) => {
    expect(await refusal(new Blob([bytes]))).toContain('not an MP4');
  });

  it('says that an empty file is no film', async () => {
    expect(await refusal(new Blob([]))).toContain('not an MP4');
  });
});
