import { ShotweaveError } from '../lib/errors.ts';
import { parseStoryboard, type Storyboard } from './document.ts';

/** What a fragment begins with that carries a storyboard; the figure is the version of the packing. */
const mark = '#film1=';

/** Characters that a packed storyboard may have: what browsers and most messengers carry in a link. */
const mostCharacters = 32_000;

/** Bytes that a storyboard may unpack to: a few bytes of a link could claim gigabytes. */
const mostBytes = 4 * 2 ** 20;

/**
 * The storyboard as the fragment of a link, `#` included: JSON, deflated, in base64url.
 * Throws `storyboard-invalid` when it is too long for a link.
 */
export async function packStoryboard(storyboard: Storyboard): Promise<string> {
  const text = new Blob([JSON.stringify(storyboard)]).stream();
  const packed = await bytesOf(
    text.pipeThrough(new CompressionStream('deflate-raw')),
    Number.POSITIVE_INFINITY,
  );
  const characters = toBase64url(packed);
  if (characters.length > mostCharacters) {
    throw new ShotweaveError(
      'storyboard-invalid',
      'This storyboard is too long for a link: save it as a file and send that.',
    );
  }
  return mark + characters;
}

/** Whether the fragment of an address claims to carry a storyboard. */
export function carriesStoryboard(fragment: string): boolean {
  return fragment.startsWith(mark);
}

/** The storyboard in a fragment that `carriesStoryboard`. Throws `storyboard-invalid`. */
export async function unpackStoryboard(fragment: string): Promise<Storyboard> {
  const characters = fragment.slice(mark.length);
  if (characters.length > mostCharacters) {
    throw new ShotweaveError(
      'storyboard-invalid',
      'This link is too long to be one of Shotweave: ask for the storyboard as a file.',
    );
  }
  return parseStoryboard(await unpackText(characters));
}

async function unpackText(characters: string): Promise<string> {
  try {
    const inflated = new Blob([fromBase64url(characters)])
      .stream()
      .pipeThrough(new DecompressionStream('deflate-raw'));
    return new TextDecoder('utf-8', { fatal: true }).decode(await bytesOf(inflated, mostBytes));
  } catch (cause) {
    throw new ShotweaveError(
      'storyboard-invalid',
      'The storyboard in this link is damaged or cut short: copy the whole link and open it again.',
      { cause },
    );
  }
}

/** Everything that a stream gives. Throws past `most` bytes. */
async function bytesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    length += part.value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError(`More than ${most} bytes`);
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function toBase64url(bytes: Uint8Array): string {
  const characters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(characters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Throws when the text is not base64url. */
function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]*$/.test(text)) throw new SyntaxError('Not base64url');
  const characters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}
