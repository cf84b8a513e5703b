import type { Estimate } from '../render/protocol.ts';

const formatWords = { f16: 'f16', int8: 'int8', int4: '4-bit' } as const;

/** How the transformer's weights are kept: "int8 on the GPU", "f16 read from disk in every pass". */
export function weightWords({ format, storage }: NonNullable<Estimate['weights']>): string {
  return `${formatWords[format]} ${storage === 'resident' ? 'on the GPU' : 'read from disk in every pass'}`;
}

/** What a film takes of the memory that there is: "5,120 of 7,372 MiB". */
export function memoryWords({ gpuBytes, roomBytes }: Pick<Estimate, 'gpuBytes' | 'roomBytes'>): string {
  const mebibytes = (bytes: number): string =>
    (bytes / 2 ** 20).toLocaleString('en', { maximumFractionDigits: 0 });
  return `${mebibytes(gpuBytes)} of ${mebibytes(roomBytes)} MiB`;
}
