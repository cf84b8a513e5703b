import { z } from 'zod';
import { ShotweaveError } from '../../lib/errors.ts';
import type { Run } from '../../plan/types.ts';
import type { ByteSource } from './byteSource.ts';
import { allFinite, decodeFloats, type ElementType, elementBytes, isElementType } from './elementTypes.ts';
import type { StoredTensor, TensorSource } from './tensorSource.ts';

/** One tensor of a file. */
export interface TensorEntry {
  name: string;
  type: ElementType;
  shape: readonly number[];
  /** Bytes from the start of the file. */
  offset: number;
  bytes: number;
}

const maxHeaderBytes = 64 * 2 ** 20;
const maxTensors = 100_000;
const headerLengthBytes = 8;
/** Characters of a name that a sentence shows. */
const maxNameShown = 80;

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

const metadataSchema = z.record(z.string(), z.string()).nullish();

/**
 * A safetensors file, checked before anything is believed: header length, JSON, names, element types, sizes,
 * bounds and overlaps. Tensors are read one by one, by range. Throws `weights-invalid`.
 */
export class Safetensors implements TensorSource {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly #source: ByteSource;

  private constructor(
    source: ByteSource,
    tensors: ReadonlyMap<string, TensorEntry>,
    metadata: Readonly<Record<string, string>>,
  ) {
    this.name = source.name;
    this.tensors = tensors;
    this.metadata = metadata;
    this.#source = source;
  }

  /** Reads and checks the header. */
  static async open(source: ByteSource): Promise<Safetensors> {
    if (source.size < headerLengthBytes) throw fault(source, 'it is too short to be a safetensors file');
    const start = await source.read(0, headerLengthBytes);
    const length = Number(new DataView(start.buffer).getBigUint64(0, true));
    if (length > maxHeaderBytes || headerLengthBytes + length > source.size) {
      throw fault(source, 'its header is said to be longer than the file');
    }
    const text = new TextDecoder().decode(await source.read(headerLengthBytes, length));
    let header: unknown;
    try {
      header = JSON.parse(text);
    } catch (cause) {
      throw fault(source, 'its header is not readable', cause);
    }
    if (typeof header !== 'object' || header === null || Array.isArray(header)) {
      throw fault(source, 'its header is not a table of tensors');
    }
    checkNames(source, text);
    const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
    if (entries.length > maxTensors) throw fault(source, `it lists ${entries.length} tensors`);
    const dataStart = headerLengthBytes + length;
    const tensors = entries.map(([name, value]) => readEntry(source, name, value, dataStart));
    checkOverlaps(source, tensors);
    const metadata = metadataSchema.safeParse('__metadata__' in header ? header.__metadata__ : null);
    if (!metadata.success) throw fault(source, 'its notes are not readable');
    return new Safetensors(
      source,
      new Map(tensors.map((tensor) => [tensor.name, tensor])),
      metadata.data ?? {},
    );
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  shape(name: string): readonly number[] {
    return this.entry(name).shape;
  }

  /** The entry of a tensor that must exist, of this shape where one is given. */
  entry(name: string, shape?: readonly number[]): TensorEntry {
    const entry = this.tensors.get(name);
    if (!entry) throw fault(this, `it lacks the tensor ${quoted(name)}`);
    if (shape && (shape.length !== entry.shape.length || shape.some((size, i) => size !== entry.shape[i]))) {
      throw fault(
        this,
        `${quoted(name)} has the shape [${entry.shape.join(', ')}] and not [${shape.join(', ')}]`,
      );
    }
    return entry;
  }

  /** Raw bytes of a tensor. */
  async bytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const { offset, bytes } = this.entry(name);
    return this.#source.read(offset, bytes);
  }

  async floats(name: string, shape?: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
    const { type, bytes } = await this.stored(name, shape);
    return this.#decode(name, type, bytes);
  }

  async rows(name: string, first: number, count: number): Promise<Float32Array<ArrayBuffer>> {
    const { type, bytes } = await this.stored(name, undefined, { start: first, count });
    return this.#decode(name, type, bytes);
  }

  storedType(name: string): ElementType {
    return this.entry(name).type;
  }

  async stored(name: string, shape?: readonly number[], rows?: Run): Promise<StoredTensor> {
    const entry = this.entry(name, shape);
    const bytes = await (rows ? this.#rowBytes(entry, rows) : this.bytes(name));
    this.#checkFinite(name, entry.type, bytes);
    return { type: entry.type, shape: entry.shape, bytes, scale: 1 };
  }

  #rowBytes(
    { name, type, shape, offset }: TensorEntry,
    { start, count }: Run,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const [rows = 0, columns = 0] = shape;
    if (shape.length !== 2 || start < 0 || start + count > rows) {
      throw fault(this, `${quoted(name)} has no rows ${start} to ${start + count}`);
    }
    const bytes = columns * elementBytes[type];
    return this.#source.read(offset + start * bytes, count * bytes);
  }

  #decode(name: string, type: ElementType, raw: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
    const values = decodeFloats(type, raw);
    if (!values) throw fault(this, `${quoted(name)} is of the type ${type}, which is not supported here`);
    return values;
  }

  #checkFinite(name: string, type: ElementType, raw: Uint8Array<ArrayBuffer>): void {
    if (!allFinite(type, raw)) throw fault(this, `${quoted(name)} holds values that are not numbers`);
  }
}

function readEntry(source: ByteSource, name: string, value: unknown, dataStart: number): TensorEntry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) throw fault(source, `the entry of ${quoted(name)} is malformed`);
  const {
    dtype,
    shape,
    data_offsets: [start, end],
  } = parsed.data;
  if (!isElementType(dtype)) throw fault(source, `${quoted(name)} is of the unknown type ${quoted(dtype)}`);
  const bytes = shape.reduce((product, size) => product * size, elementBytes[dtype]);
  if (!Number.isSafeInteger(bytes) || end - start !== bytes) {
    throw fault(source, `the place of ${quoted(name)} does not fit its shape`);
  }
  if (dataStart + end > source.size) throw fault(source, `${quoted(name)} lies past the end of the file`);
  return { name, type: dtype, shape, offset: dataStart + start, bytes };
}

/** Refuses a name that occurs twice: JSON.parse would keep the last of them without a word. `json` is valid. */
function checkNames(source: ByteSource, json: string): void {
  const names = new Set<string>();
  let depth = 0;
  for (const [token, name] of json.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(?:\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && name !== undefined && token.endsWith(':')) {
      const read: string = JSON.parse(name);
      if (names.has(read)) throw fault(source, `it has the tensor ${quoted(read)} twice`);
      names.add(read);
    }
  }
}

function checkOverlaps(source: ByteSource, tensors: readonly TensorEntry[]): void {
  const sorted = tensors.filter(({ bytes }) => bytes > 0).sort((a, b) => a.offset - b.offset);
  for (const [i, tensor] of sorted.entries()) {
    const before = sorted[i - 1];
    if (before && before.offset + before.bytes > tensor.offset) {
      throw fault(source, `${quoted(before.name)} and ${quoted(tensor.name)} overlap`);
    }
  }
}

/** A name of the file's own, which may be of any length. */
function quoted(name: string): string {
  return `"${name.length > maxNameShown ? `${name.slice(0, maxNameShown)}…` : name}"`;
}

function fault(source: { name: string }, what: string, cause?: unknown): ShotweaveError {
  return new ShotweaveError(
    'weights-invalid',
    `The weight file ${source.name} cannot be used: ${what}; get the file again, or choose another.`,
    { cause },
  );
}
