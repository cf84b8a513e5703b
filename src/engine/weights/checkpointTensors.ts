import { invariant, ShotweaveError } from '../../lib/errors.ts';
import type { Run } from '../../plan/types.ts';
import type { ElementType } from './elementTypes.ts';
import type { Safetensors } from './safetensors.ts';
import type { StoredTensor, TensorSource } from './tensorSource.ts';

/** Where a tensor lies. */
interface Place {
  file: Safetensors;
  stored: string;
}

/** How a file may call the scale of `<name>.weight`: ComfyUI's fp8 files, older and newer. */
const scaleEndings = ['scale_weight', 'weight_scale'] as const;

/**
 * One network of a checkpoint under Wan's own names, whatever its files call them and however many they are. Weights
 * of fp8 files come out times the scale that lies beside them.
 */
export class CheckpointTensors implements TensorSource {
  readonly name: string;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #scales: ReadonlyMap<string, Place>;

  /**
   * @param name for messages
   * @param files one file, or all shards of one checkpoint
   * @param names stored name of every tensor, by Wan's name
   */
  constructor(name: string, files: readonly Safetensors[], names: ReadonlyMap<string, string>) {
    this.name = name;
    const places = new Map<string, Place>();
    const scales = new Map<string, Place>();
    for (const [wan, stored] of names) {
      const place = placeOf(files, stored);
      if (place) places.set(wan, place);
      const scale = place && scaleOf(files, stored);
      if (scale) scales.set(wan, scale);
    }
    this.#places = places;
    this.#scales = scales;
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  shape(name: string): readonly number[] {
    const { file, stored } = this.#place(name);
    return file.shape(stored);
  }

  storedType(name: string): ElementType {
    const { file, stored } = this.#place(name);
    return file.storedType(stored);
  }

  async floats(name: string, shape?: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
    const { file, stored } = this.#place(name);
    return scaled(await file.floats(stored, shape), await this.#scale(name));
  }

  async rows(name: string, first: number, count: number): Promise<Float32Array<ArrayBuffer>> {
    const { file, stored } = this.#place(name);
    return scaled(await file.rows(stored, first, count), await this.#scale(name));
  }

  async stored(name: string, shape?: readonly number[], rows?: Run): Promise<StoredTensor> {
    const { file, stored } = this.#place(name);
    return { ...(await file.stored(stored, shape, rows)), scale: await this.#scale(name) };
  }

  #place(name: string): Place {
    const place = this.#places.get(name);
    if (place) return place;
    throw new ShotweaveError(
      'weights-invalid',
      `The weight file ${this.name} cannot be used: it lacks the tensor "${name}"; get the file again, or choose another.`,
    );
  }

  async #scale(name: string): Promise<number> {
    const place = this.#scales.get(name);
    if (!place) return 1;
    const values = await place.file.floats(place.stored);
    const [scale] = values;
    if (scale !== undefined && values.length === 1) return scale;
    throw new ShotweaveError(
      'weights-invalid',
      `The weight file ${this.name} cannot be used: "${place.stored}" holds ${values.length} scales, and one for the whole tensor is all that is known here, so choose an fp16 or bf16 file of the same model.`,
    );
  }
}

function placeOf(files: readonly Safetensors[], stored: string): Place | null {
  const file = files.find((candidate) => candidate.has(stored));
  return file ? { file, stored } : null;
}

function scaleOf(files: readonly Safetensors[], stored: string): Place | null {
  if (!stored.endsWith('.weight')) return null;
  const base = stored.slice(0, -'weight'.length);
  for (const ending of scaleEndings) {
    const place = placeOf(files, base + ending);
    if (place) return place;
  }
  return null;
}

/** Multiplies in place, which rounds to f32 once, as PyTorch does. */
function scaled(values: Float32Array<ArrayBuffer>, scale: number): Float32Array<ArrayBuffer> {
  invariant(Number.isFinite(scale), 'a scale is a finite number, for floats refuses others');
  if (scale !== 1) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * scale;
  return values;
}
