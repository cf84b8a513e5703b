import { describe, expect, it } from 'vitest';
import { ShotweaveError } from '../../lib/errors.ts';
import { type ByteSource, blobSource } from './byteSource.ts';
import { Safetensors } from './safetensors.ts';

interface Entry {
  dtype: unknown;
  shape: unknown;
  data_offsets: unknown;
}

/** A file with this header, and zeros or the given bytes behind it. */
function fileOf(header: unknown, data: number | ArrayBufferView<ArrayBuffer> = 0): Blob {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  return rawFile(BigInt(text.length), text, typeof data === 'number' ? new Uint8Array(data) : data);
}

function rawFile(headerLength: bigint, ...parts: BlobPart[]): Blob {
  return new Blob([new BigUint64Array([headerLength]), ...parts]);
}

const open = (file: Blob) => Safetensors.open(blobSource('w.safetensors', file));

const tensor = (dtype: unknown, shape: unknown, start: unknown, end: unknown): Entry => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

async function expectRefusal(result: Promise<unknown>, what: RegExp): Promise<void> {
  const error: unknown = await result.then(
    () => 'nothing was refused',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ShotweaveError);
  expect(error).toMatchObject({
    code: 'weights-invalid',
    message: expect.stringMatching(/^The weight file w\.safetensors .*[Gg]et [a-z ]*(it|file) again/),
  });
  expect(error).toMatchObject({ message: expect.stringMatching(what) });
}

describe('opening a file', () => {
  it('lists its tensors and notes', async () => {
    const file = await open(
      fileOf(
        { __metadata__: { made: 'by hand' }, a: tensor('F32', [2, 3], 0, 24), b: tensor('I8', [], 24, 25) },
        25,
      ),
    );
    const [a, b] = [file.entry('a'), file.entry('b')];
    expect(a).toMatchObject({ name: 'a', type: 'F32', shape: [2, 3], bytes: 24 });
    expect(b).toMatchObject({ type: 'I8', shape: [], bytes: 1, offset: a.offset + 24 });
    expect(file.metadata).toEqual({ made: 'by hand' });
    expect([file.has('a'), file.has('__metadata__'), file.has('toString')]).toEqual([true, false, false]);
  });

  it.each([
    ['an empty file', new Blob([]), /too short/],
    ['seven bytes', new Blob([new Uint8Array(7)]), /too short/],
    ['a header longer than the file', rawFile(3n, '{}'), /longer than the file/],
    ['a header of 2^63 bytes', rawFile(2n ** 63n, '{}'), /longer than the file/],
    ['a header of 2^64 - 1 bytes', rawFile(2n ** 64n - 1n, '{}'), /longer than the file/],
    ['an empty header', rawFile(0n), /not readable/],
    ['a header that is no JSON', fileOf('{"a":'), /not readable/],
    ['a header of other bytes', rawFile(4n, new Uint8Array([0xff, 0xfe, 0, 1])), /not readable/],
    ['a list', fileOf([]), /not a table of tensors/],
    ['null', fileOf('null'), /not a table of tensors/],
    ['a number', fileOf('7'), /not a table of tensors/],
    ['an entry that is null', fileOf({ a: null }), /entry of "a" is malformed/],
    ['an entry without a type', fileOf({ a: { shape: [], data_offsets: [0, 0] } }), /entry of "a"/],
    ['an unknown type', fileOf({ a: tensor('Q4_0', [2], 0, 1) }, 1), /unknown type "Q4_0"/],
    ['a type that every object has', fileOf({ a: tensor('toString', [], 0, 1) }, 1), /unknown type/],
    ['a negative size', fileOf({ a: tensor('F32', [-1], 0, 4) }, 4), /entry of "a"/],
    ['half a row', fileOf({ a: tensor('F32', [1.5], 0, 6) }, 6), /entry of "a"/],
    ['a size that is a text', fileOf({ a: tensor('F32', ['1'], 0, 4) }, 4), /entry of "a"/],
    ['a size past 2^53', fileOf('{"a":{"dtype":"I8","shape":[1e300],"data_offsets":[0,1]}}', 1), /entry/],
    ['nine dimensions', fileOf({ a: tensor('I8', Array(9).fill(1), 0, 1) }, 1), /entry of "a"/],
    ['a product past 2^53', fileOf({ a: tensor('F32', [2 ** 40, 2 ** 40], 0, 4) }, 4), /fit its shape/],
    ['offsets reversed', fileOf({ a: tensor('I8', [4], 8, 4) }, 8), /does not fit its shape/],
    ['negative offsets', fileOf({ a: tensor('I8', [4], -4, 0) }, 4), /entry of "a"/],
    ['fewer bytes than the shape', fileOf({ a: tensor('F32', [2], 0, 4) }, 8), /does not fit its shape/],
    ['more bytes than the shape', fileOf({ a: tensor('F32', [1], 0, 8) }, 8), /does not fit its shape/],
    ['bytes past the end', fileOf({ a: tensor('F32', [2], 0, 8) }, 7), /"a" lies past the end/],
    ['a place far past the end', fileOf({ a: tensor('I8', [1], 2 ** 52, 2 ** 52 + 1) }, 1), /past the end/],
    [
      'tensors that overlap',
      fileOf({ b: tensor('I8', [4], 3, 7), a: tensor('I8', [4], 0, 4) }, 8),
      /"a" and "b" overlap/,
    ],
    [
      'a tensor inside another',
      fileOf({ a: tensor('I8', [8], 0, 8), b: tensor('I8', [1], 2, 3) }, 8),
      /overlap/,
    ],
    ['notes that are a list', fileOf({ __metadata__: [] }), /notes/],
    ['notes that are no texts', fileOf({ __metadata__: { epoch: 3 } }), /notes/],
    [
      'the same name twice',
      fileOf(
        '{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"\\u0061" : {"dtype":"I8","shape":[1],"data_offsets":[1,2]}}',
        2,
      ),
      /"a" twice/,
    ],
  ])('refuses %s', async (_, file, what) => {
    await expectRefusal(open(file), what);
  });

  it('takes what is odd and harmless', async () => {
    const header = `{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
      "say \\"{\\", \\\\": {"dtype":"F32","shape":[0,${2 ** 50}],"data_offsets":[4,4]},
      "shape": {"dtype":"U8","shape":[],"data_offsets":[4,5]},
      "__metadata__": null}`;
    const file = await open(fileOf(header, new Uint8Array([0, 0, 0x80, 0x3f, 9])));
    expect([...file.tensors.keys()]).toEqual(['__proto__', 'say "{", \\', 'shape']);
    expect([...(await file.floats('__proto__'))]).toEqual([1]);
    expect(await file.floats('say "{", \\')).toHaveLength(0);
    expect(file.metadata).toEqual({});
  });

  it('shows the start of a name without end', async () => {
    const name = 'n'.repeat(5000);
    const refusal = open(fileOf({ [name]: null }));
    await expectRefusal(refusal, /entry of "n{80}…" is malformed/);
  });
});

describe('reading tensors', () => {
  const values = [0, -1.5, 2 ** -20, 3];
  const one = (dtype: string, data: ArrayBufferView<ArrayBuffer>, shape = [4]) =>
    open(fileOf({ a: tensor(dtype, shape, 0, data.byteLength) }, data));

  it.each([
    ['F64', Float64Array.from(values)],
    ['F32', Float32Array.from(values)],
    ['F16', Uint16Array.of(0, 0xbe00, 0x0010, 0x4200)],
    ['BF16', Uint16Array.of(0, 0xbfc0, 0x3580, 0x4040)],
  ])('reads %s', async (dtype, data) => {
    const file = await one(dtype, data, [2, 2]);
    expect([...(await file.floats('a', [2, 2]))]).toEqual(values);
  });

  it.each([
    ['NaN in F32', 'F32', Float32Array.of(0, Number.NaN, 0, 0)],
    ['infinity in F32', 'F32', Float32Array.of(0, 0, 0, Number.NEGATIVE_INFINITY)],
    ['NaN in F64', 'F64', Float64Array.of(Number.NaN, 0, 0, 0)],
    ['what f32 cannot hold in F64', 'F64', Float64Array.of(0, 1e300, 0, 0)],
    ['NaN in F16', 'F16', Uint16Array.of(0, 0, 0x7e00, 0)],
    ['infinity in F16', 'F16', Uint16Array.of(0xfc00, 0, 0, 0)],
    ['NaN in BF16', 'BF16', Uint16Array.of(0, 0, 0, 0xffc0)],
    ['infinity in BF16', 'BF16', Uint16Array.of(0, 0x7f80, 0, 0)],
  ])('refuses %s', async (_, dtype, data) => {
    const file = await one(dtype, data);
    await expectRefusal(file.floats('a'), /"a" holds values that are not numbers/);
  });

  it('refuses other names, shapes and types than asked for', async () => {
    const file = await one('I32', Int32Array.of(1, 2, 3, 4));
    await expectRefusal(file.floats('b'), /lacks the tensor "b"/);
    await expectRefusal(file.floats('constructor'), /lacks the tensor "constructor"/);
    await expectRefusal(file.floats('a', [5]), /"a" has the shape \[4\] and not \[5\]/);
    await expectRefusal(file.floats('a', [4, 1]), /"a" has the shape \[4\] and not \[4, 1\]/);
    await expectRefusal(file.floats('a', []), /has the shape/);
    await expectRefusal(file.floats('a', [4]), /of the type I32, which is not supported/);
  });

  it('reads the header and the tensors asked for, and no other byte', async () => {
    const header = {
      a: tensor('F32', [2], 0, 8),
      b: tensor('F32', [3], 8, 20),
      c: tensor('F32', [1], 20, 24),
    };
    const blob = blobSource('w.safetensors', fileOf(header, Float32Array.of(1, 2, 3, 4, 5, 6)));
    const ranges: [number, number][] = [];
    const source: ByteSource = {
      ...blob,
      read: (offset, length) => {
        ranges.push([offset, length]);
        return blob.read(offset, length);
      },
    };
    const headerBytes = JSON.stringify(header).length;
    const file = await Safetensors.open(source);
    expect(ranges.splice(0)).toEqual([
      [0, 8],
      [8, headerBytes],
    ]);
    expect([...(await file.floats('b', [3]))]).toEqual([3, 4, 5]);
    await expectRefusal(file.floats('c', [2]), /shape/);
    expect(ranges).toEqual([[8 + headerBytes + 8, 12]]);
  });
});

describe('blobSource', () => {
  it('reads ranges and refuses those past the end', async () => {
    const source = blobSource('w.safetensors', new Blob([Uint8Array.of(1, 2, 3)]));
    expect([...(await source.read(1, 2))]).toEqual([2, 3]);
    expect(await source.read(3, 0)).toHaveLength(0);
    for (const [offset, length] of [
      [1, 3],
      [4, 0],
      [-1, 2],
      [2, -1],
    ] as const) {
      await expectRefusal(source.read(offset, length), /ends too early/);
    }
  });
});
