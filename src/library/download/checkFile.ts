import { sha256 as newHash } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { blobSource } from '../../engine/weights/byteSource.ts';
import { Safetensors } from '../../engine/weights/safetensors.ts';
import { ShotweaveError } from '../../lib/errors.ts';
import { cancelled } from './download.ts';

const hashChunk = 8 * 2 ** 20;

/**
 * Checks a file that has arrived: its header where it is a safetensors file, and its SHA-256 where one is given.
 * @throws `weights-invalid` when it is not what it should be, `cancelled` when the signal ends the check
 */
export async function checkFile(
  name: string,
  file: Blob,
  sha256: string | null,
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<void> {
  if (name.toLowerCase().endsWith('.safetensors')) await Safetensors.open(blobSource(name, file));
  if (sha256 === null) return;
  const hash = newHash.create();
  for (let at = 0; at < file.size; at += hashChunk) {
    if (signal.aborted) throw cancelled();
    hash.update(new Uint8Array(await file.slice(at, at + hashChunk).arrayBuffer()));
    onProgress(Math.min(at + hashChunk, file.size));
  }
  if (bytesToHex(hash.digest()) === sha256.toLowerCase()) return;
  throw new ShotweaveError(
    'weights-invalid',
    `The file ${name} arrived and does not have the SHA-256 that you gave: check both and download it again.`,
  );
}
