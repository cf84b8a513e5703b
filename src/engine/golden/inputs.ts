import { ShotweaveError } from '../../lib/errors.ts';
import type { ModelConfig } from '../../model/config.ts';
import { planGeometry } from '../../plan/geometry.ts';
import { type FilmPlan, planFor } from '../../plan/index.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Safetensors } from '../weights/safetensors.ts';

/** The film that a golden file was computed for. */
export interface GoldenFilm {
  plan: FilmPlan;
  /** Ids of every shot without padding. */
  prompts: Uint32Array[];
  /** Ids of a prompt with padding. */
  paddedLength: number;
}

/** Reads `<prefix>.ids` [1, shots, length] and `<prefix>.shot` [1, T], with the latent size of `<latent>` [1, C, T, h, w]. */
export async function readFilm(
  gpu: Gpu,
  config: ModelConfig,
  file: Safetensors,
  prefix: string,
  latent: string,
): Promise<GoldenFilm> {
  const [, shots = 0, paddedLength = 0] = file.entry(`${prefix}.ids`).shape;
  const ids = await integers(file, `${prefix}.ids`);
  const shotOfFrame = await integers(file, `${prefix}.shot`);
  const [, , , height = 0, width = 0] = file.entry(latent).shape;
  const fps = 24;
  const seconds = config.ae.temporal / fps;
  const geometry = planGeometry(
    {
      width: width * config.ae.spatial,
      height: height * config.ae.spatial,
      fps,
      shots: Array.from({ length: shots }, (_, shot) => ({
        id: String(shot),
        seconds: seconds * shotOfFrame.filter((s) => s === shot).length,
      })),
    },
    config,
  );
  const limits = {
    bindingBytes: gpu.device.limits.maxStorageBufferBindingSize,
    dispatchFlops: gpu.traits.dispatchFlops,
  };
  return {
    plan: planFor(geometry, config, limits),
    prompts: Array.from({ length: shots }, (_, shot) => {
      const row = ids.slice(shot * paddedLength, (shot + 1) * paddedLength);
      return new Uint32Array(row.filter((id) => id !== config.text_encoder.pad));
    }),
    paddedLength,
  };
}

/** `in.marks` [1, tokens, values], as `markTokens` has them; null where the film was made without. */
export async function readMarks(file: Safetensors): Promise<Float32Array<ArrayBuffer> | null> {
  return file.has('in.marks') ? file.floats('in.marks') : null;
}

/** A tensor of whole numbers. */
export async function integers(file: Safetensors, name: string): Promise<number[]> {
  const raw = (await file.bytes(name)).buffer;
  const { type } = file.entry(name);
  if (type === 'I64') return Array.from(new BigInt64Array(raw), Number);
  if (type === 'I32') return Array.from(new Int32Array(raw));
  if (type === 'U8') return Array.from(new Uint8Array(raw));
  throw new ShotweaveError(
    'weights-invalid',
    `"${name}" in ${file.name} is no list of whole numbers: make the goldens again.`,
  );
}
