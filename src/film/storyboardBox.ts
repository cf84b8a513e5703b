import { ShotweaveError } from '../lib/errors.ts';

/** Extended type of the box that carries the storyboard: b6056552-3692-4de2-830a-0ad0b0b78c85. Never changes. */
export const storyboardBoxType: Uint8Array = Uint8Array.of(
  ...[0xb6, 0x05, 0x65, 0x52, 0x36, 0x92, 0x4d, 0xe2],
  ...[0x83, 0x0a, 0x0a, 0xd0, 0xb0, 0xb7, 0x8c, 0x85],
);

/** Longest storyboard that a film carries, in bytes of UTF-8. */
export const storyboardBoxLimit = 4 * 1024 * 1024;

/** A film of ours has half a dozen boxes on top; others may have two for each second. Far more is an attack. */
const boxLimit = 100_000;

/** Read at once; small, since pictures lie between most headers. */
const windowBytes = 4096;

const shortHeader = 8;
const longHeader = 16;

/**
 * A `uuid` box (ISO/IEC 14496-12, 4.2) around a storyboard's JSON in UTF-8, to be put after the last box of an MP4.
 * Players skip boxes of unknown type.
 * @throws `storyboard-invalid` when the text is over the limit.
 */
export function storyboardBox(json: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(json);
  if (text.length > storyboardBoxLimit) {
    throw new ShotweaveError(
      'storyboard-invalid',
      'This storyboard is longer than the 4 MB that a film can carry: shorten its prompts or split it into two films.',
    );
  }
  const start = shortHeader + storyboardBoxType.length;
  const box = new Uint8Array(start + text.length);
  new DataView(box.buffer).setUint32(0, box.length);
  box.set(new TextEncoder().encode('uuid'), 4);
  box.set(storyboardBoxType, shortHeader);
  box.set(text, start);
  return box;
}

/**
 * Finds the storyboard in a film. Reads the headers of top-level boxes and the storyboard itself, never the whole file.
 * @returns The JSON text, unchecked; null for an MP4 that carries none.
 * @throws `storyboard-invalid` for a file that is no MP4, is damaged, or carries more than 4 MiB.
 */
export async function readStoryboardBox(file: Blob): Promise<string | null> {
  const read = windowedReader(file);
  let position = 0;
  for (let count = 0; count === 0 || position < file.size; count++) {
    if (count === boxLimit) throw damaged();
    const box = await readHeader(read, position, file.size);
    if (count === 0 && box?.type !== 'ftyp') {
      throw new ShotweaveError(
        'storyboard-invalid',
        'This file is not an MP4 film: open a film exported from Shotweave or a .shotweave.json file.',
      );
    }
    if (box === null) throw damaged();
    if (box.type === 'uuid') {
      const text = await readText(file, read, box);
      if (text !== null) return text;
    }
    position = box.end;
  }
  return null;
}

interface Box {
  type: string;
  /** Bytes from the start of the file. */
  body: number;
  end: number;
}

type Reader = (position: number, bytes: number) => Promise<DataView | null>;

/** The box that starts at `position`, or null where the bytes there are no box of this file. */
async function readHeader(read: Reader, position: number, fileSize: number): Promise<Box | null> {
  const header = await read(position, shortHeader);
  if (header === null) return null;
  const type = String.fromCharCode(...[4, 5, 6, 7].map((at) => header.getUint8(at)));
  const size = header.getUint32(0);
  let headerBytes = shortHeader;
  let end = position + size;
  if (size === 0) {
    end = fileSize;
  } else if (size === 1) {
    const long = await read(position, longHeader);
    if (long === null) return null;
    headerBytes = longHeader;
    // Past 2^53 the sum is rounded, and past the end of any file.
    end = position + Number(long.getBigUint64(shortHeader));
  }
  return end < position + headerBytes || end > fileSize ? null : { type, body: position + headerBytes, end };
}

/** The storyboard in a `uuid` box, or null when the box is another program's. */
async function readText(file: Blob, read: Reader, box: Box): Promise<string | null> {
  const start = box.body + storyboardBoxType.length;
  if (start > box.end) throw damaged();
  const extendedType = await read(box.body, storyboardBoxType.length);
  if (extendedType === null) throw damaged();
  if (!storyboardBoxType.every((byte, i) => byte === extendedType.getUint8(i))) return null;
  if (box.end - start > storyboardBoxLimit) {
    throw new ShotweaveError(
      'storyboard-invalid',
      'The storyboard in this film is over the 4 MB that Shotweave reads: open its .shotweave.json file instead.',
    );
  }
  const bytes = await file.slice(start, box.end).arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw damaged(cause);
  }
}

/** Reads through a small window, so that neighbouring small boxes cost one read together. Null past the end. */
function windowedReader(file: Blob): Reader {
  let start = 0;
  let view = new DataView(new ArrayBuffer(0));
  return async (position, bytes) => {
    if (position + bytes > file.size) return null;
    if (position < start || position + bytes > start + view.byteLength) {
      view = new DataView(await file.slice(position, position + windowBytes).arrayBuffer());
      start = position;
    }
    return new DataView(view.buffer, position - start, bytes);
  };
}

function damaged(cause?: unknown): ShotweaveError {
  return new ShotweaveError(
    'storyboard-invalid',
    'This film is damaged or cut short, so its storyboard cannot be read: get the file again, or open the .shotweave.json file.',
    { cause },
  );
}
