import { describe, expect, it } from 'vitest';
import { encodeFloats } from '../testing/encodeFloats.ts';
import { hashValues } from '../testing/hashWeights.ts';
import { fileBlob } from '../testing/randomCheckpoint.ts';
import { blobSource } from './byteSource.ts';
import { GpuWeights, type WeightSink } from './gpuWeights.ts';
import { Safetensors } from './safetensors.ts';
import { isPacked, packMatrix } from './storedMatrix.ts';

/** A sink that keeps bytes on the host, by label. */
function hostSink(): { sink: WeightSink; bytes: Map<string, Uint8Array<ArrayBuffer>>; writes: number[] } {
  const bytes = new Map<string, Uint8Array<ArrayBuffer>>();
  const writes: number[] = [];
  const sink: WeightSink = {
    buffer(label, size) {
      bytes.set(label, new Uint8Array(size));
      return { label } as GPUBuffer;
    },
    write(buffer, data, offset = 0) {
      writes.push(data.byteLength);
      bytes.get(buffer.label)?.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    },
    upload(label, data) {
      const buffer = this.buffer(label, data.byteLength);
      this.write(buffer, data);
      return buffer;
    },
  };
  return { sink, bytes, writes };
}

async function fileOf(columns: number, inner: number, type: 'F16' | 'I32'): Promise<Safetensors> {
  const values = hashValues('w', columns * inner);
  const bytes = (): Uint8Array<ArrayBuffer> =>
    type === 'F16' ? encodeFloats('F16', values) : new Uint8Array(4 * columns * inner);
  const file = { path: 'w.safetensors', tensors: [{ name: 'w', type, shape: [columns, inner], bytes }] };
  return Safetensors.open(blobSource('w.safetensors', fileBlob(file)));
}

/** Whether two arrays hold the same bytes; matchers take minutes over so many. */
function same(ours: Uint8Array | undefined, reference: Uint32Array | Float32Array): boolean {
  const { buffer, byteOffset, byteLength } = reference;
  return ours !== undefined && Buffer.compare(ours, Buffer.from(buffer, byteOffset, byteLength)) === 0;
}

describe('a large matrix', () => {
  const [columns, inner] = [2600, 1024];

  it.each(['f16', 'int8', 'int4'] as const)(
    'is packed in %s in bands that make up the whole',
    async (format) => {
      const file = await fileOf(columns, inner, 'F16');
      const { sink, bytes, writes } = hostSink();
      const matrix = await new GpuWeights(sink, file, format).matrix('w', columns, inner);
      expect(isPacked(matrix) && matrix.format).toBe(format);
      const whole = packMatrix(await file.floats('w'), columns, inner, format);
      expect(same(bytes.get('w'), whole.words)).toBe(true);
      expect(same(bytes.get('w scales'), whole.scales)).toBe(true);
      expect(writes.length).toBe(4);
      expect(Math.max(...writes)).toBeLessThanOrEqual(4 * 2 ** 20);
    },
  );

  it('of another shape, or of whole numbers, is refused', async () => {
    const { sink } = hostSink();
    const file = await fileOf(8, 32, 'F16');
    await expect(new GpuWeights(sink, file, 'f16').matrix('w', 8, 64)).rejects.toMatchObject({
      code: 'weights-invalid',
    });
    const whole = await fileOf(8, 32, 'I32');
    await expect(new GpuWeights(sink, whole, 'f16').matrix('w', 8, 32)).rejects.toMatchObject({
      code: 'weights-invalid',
      message: expect.stringContaining('I32'),
    });
  });
});
