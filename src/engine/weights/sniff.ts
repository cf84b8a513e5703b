import { ShotweaveError } from '../../lib/errors.ts';
import type { ByteSource } from './byteSource.ts';

/** What a file is, judged by its first bytes. */
export type FileKind =
  | 'safetensors'
  | 'pickle'
  | 'gguf'
  | 'json'
  | 'sentencepiece'
  | 'pointer'
  | 'web page'
  | 'other';

/** Bytes that tell what a file is. */
export const headBytes = 64;

/** The beginning of a file, as much of it as `sniff` needs. */
export function headOf(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  return source.read(0, Math.min(headBytes, source.size));
}

/** Says what a file is by its beginning; its name does not count. */
export function sniff(head: Uint8Array<ArrayBuffer>): FileKind {
  const text = new TextDecoder('latin1').decode(head);
  if (text.startsWith('GGUF')) return 'gguf';
  if (text.startsWith('version https://git-lfs')) return 'pointer';
  if (/^\s*<(!doctype|html)/i.test(text)) return 'web page';
  // PyTorch writes a zip whose first entry is <name>/data.pkl; before 2020 it wrote a bare pickle of protocol 2.
  if (text.startsWith('PK\x03\x04'))
    return /\/(data\.pkl|\.format_version|\.data|byteorder|version)/.test(text) ? 'pickle' : 'other';
  if (head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5) return 'pickle';
  // A header begins behind its length in eight bytes, whose upper half is empty for every real file.
  if (text[8] === '{' && text.slice(5, 8) === '\0\0\0') return 'safetensors';
  if (/^\s*\{/.test(text)) return 'json';
  if (head[0] === 0x0a && head[2] === 0x0a && text.includes('<pad>')) return 'sentencepiece';
  return 'other';
}

/** The refusal of a file that holds weights in a form that is not read, or that is none; null for what is no such file. */
export function refusalOf(name: string, kind: FileKind): ShotweaveError | null {
  switch (kind) {
    case 'pickle':
      return invalid(
        `The file ${name} is a pickle, which can run code when it is opened and is never opened here: get the .safetensors version, or convert it once in Python with torch.load(..., weights_only=True) and safetensors.torch.save_file.`,
      );
    case 'gguf':
      return invalid(
        `The file ${name} is quantised as GGUF, which is not read here: choose the .safetensors version in fp16, bf16 or fp8.`,
      );
    case 'pointer':
      return invalid(
        `The file ${name} is only a pointer to the real one (Git LFS): run "git lfs pull" beside it, or download the file itself.`,
      );
    case 'web page':
      return invalid(
        `The file ${name} is a web page and no weights: download it again, signed in if its site asks for that.`,
      );
    default:
      return null;
  }
}

function invalid(sentence: string): ShotweaveError {
  return new ShotweaveError('weights-invalid', sentence);
}
