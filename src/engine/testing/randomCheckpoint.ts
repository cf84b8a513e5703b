import { type DitShape, diffusersDitName, ditInventory } from '../../model/checkpoint/dit.ts';
import type { Inventory } from '../../model/checkpoint/table.ts';
import { type TaehvShape, taehvInventory } from '../../model/checkpoint/taehv.ts';
import { huggingFaceUmt5Names, type Umt5Shape, umt5Inventory } from '../../model/checkpoint/umt5.ts';
import { diffusersVaeName, type VaeShape, vaeInventory } from '../../model/checkpoint/vae.ts';
import { type ElementType, elementBytes } from '../weights/elementTypes.ts';
import { encodeFloats, type WrittenType } from './encodeFloats.ts';
import { hashWeights } from './hashWeights.ts';

/** A tensor to be written; its bytes are made when they are asked for. */
export interface WrittenTensor {
  name: string;
  type: ElementType;
  shape: readonly number[];
  bytes: () => Uint8Array<ArrayBuffer>;
}

/** A file to be written: a safetensors file, or text. */
export type WrittenFile =
  | { path: string; tensors: WrittenTensor[]; metadata?: Record<string, string> }
  | { path: string; text: string };

/** The small networks of the tests: real names and proportions, two blocks. */
export const smallDit: DitShape = {
  dim: 128,
  heads: 1,
  layers: 2,
  ffn: 256,
  z: 16,
  textDim: 64,
  freqDim: 256,
  groups: null,
};
export const smallUmt5: Umt5Shape = {
  vocab: 400,
  dim: 64,
  inner: 64,
  heads: 4,
  layers: 2,
  ffn: 128,
  buckets: 32,
};
export const smallVae: VaeShape = { dim: 8, z: 16 };
export const smallTaehv: TaehvShape = { z: 16, channels: [32, 16, 8, 8] };

/** The same networks in the sizes of Wan2.1 1.3B. */
export const dit13: DitShape = {
  dim: 1536,
  heads: 12,
  layers: 30,
  ffn: 8960,
  z: 16,
  textDim: 4096,
  freqDim: 256,
  groups: null,
};

/** How the weights of a layout are written: one type, or fp8 for the Linears of blocks and another type beside it. */
type Storage = { type: WrittenType; linears?: 'plain' | 'scaled' | 'quantised' };

/** fp8 weights of test checkpoints are stored times this. */
const scale = 1 / 16;

/** Every layout that Wan2.1's transformer is spread in. */
export const ditLayouts: Record<string, (shape: DitShape) => WrittenFile[]> = {
  'original, f32': (shape) => [one('wan/model.safetensors', dit(shape, '', { type: 'F32' }))],
  'original, bf16': (shape) => [one('wan/model.safetensors', dit(shape, '', { type: 'BF16' }))],
  'ComfyUI, fp16': (shape) => [one('diffusion_models/t2v.safetensors', dit(shape, '', { type: 'F16' }))],
  'ComfyUI with prefix, bf16': (shape) => [
    one('diffusion_models/t2v.safetensors', dit(shape, 'model.diffusion_model.', { type: 'BF16' })),
  ],
  'ComfyUI, plain fp8': (shape) => [
    one('diffusion_models/t2v.safetensors', dit(shape, '', { type: 'BF16', linears: 'plain' })),
  ],
  'ComfyUI, fp8 scaled': (shape) => [
    one('diffusion_models/t2v.safetensors', dit(shape, '', { type: 'F16', linears: 'scaled' })),
  ],
  'ComfyUI with prefix, fp8 scaled': (shape) => [
    one(
      'diffusion_models/t2v.safetensors',
      dit(shape, 'model.diffusion_model.', { type: 'F16', linears: 'scaled' }),
    ),
  ],
  'ComfyUI, fp8 of late 2025': (shape) => [
    one('diffusion_models/t2v.safetensors', dit(shape, '', { type: 'BF16', linears: 'quantised' })),
  ],
  'diffusers, f32': (shape) => [
    one('transformer/diffusion_pytorch_model.safetensors', dit(shape, '', { type: 'F32' }, diffusersDitName)),
  ],
  'diffusers, sharded, bf16': (shape) =>
    sharded('transformer/diffusion_pytorch_model', dit(shape, '', { type: 'BF16' }, diffusersDitName), 3),
};

/** Every layout that the UMT5 encoder is spread in. */
export const umt5Layouts: Record<string, (shape: Umt5Shape) => WrittenFile[]> = {
  'original, bf16': (shape) => [
    one(
      'wan/umt5.safetensors',
      umt5(shape, { type: 'BF16' }, (name) => name),
    ),
  ],
  'ComfyUI, fp16': (shape) => [
    one('text_encoders/umt5.safetensors', [...umt5(shape, { type: 'F16' }), spieceModel()]),
  ],
  'ComfyUI, fp8 scaled': (shape) => [
    one('text_encoders/umt5.safetensors', [
      ...umt5(shape, { type: 'F16', linears: 'scaled' }),
      spieceModel(),
    ]),
  ],
  'Hugging Face, sharded, bf16': (shape) => sharded('text_encoder/model', umt5(shape, { type: 'BF16' }), 2),
};

export const vaeLayouts: Record<string, (shape: VaeShape) => WrittenFile[]> = {
  'original, f32': (shape) => [
    one(
      'wan/vae.safetensors',
      vae(shape, 'F32', (name) => name),
    ),
  ],
  'ComfyUI, fp16': (shape) => [
    one(
      'vae/wan_vae.safetensors',
      vae(shape, 'F16', (name) => name),
    ),
  ],
  'diffusers, f32': (shape) => [
    one('vae/diffusion_pytorch_model.safetensors', vae(shape, 'F32', diffusersVaeName)),
  ],
};

export const taehvLayouts: Record<string, (shape: TaehvShape) => WrittenFile[]> = {
  'original, fp16': (shape) => [
    one(
      'vae_approx/taew.safetensors',
      written(taehvInventory(shape), 'taehv:', { type: 'F16' }, (name) => name),
    ),
  ],
};

/** A tensor's values before they are written: multiples of what fp8 times the scale can hold, so that every type is exact. */
export function exactWeights(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const values = hashWeights(name, shape);
  for (let i = 0; i < values.length; i++) {
    const value = (values[i] ?? 0) / scale;
    const step = 2 ** Math.max(Math.floor(Math.log2(Math.abs(value) || 1)) - 3, -9);
    values[i] = Math.round(value / step) * step * scale;
  }
  return values;
}

function dit(
  shape: DitShape,
  prefix: string,
  storage: Storage,
  spell: (name: string) => string = (name) => name,
): WrittenTensor[] {
  return written(ditInventory(shape), '', storage, spell, prefix);
}

function umt5(
  shape: Umt5Shape,
  storage: Storage,
  spell: (name: string) => string = (name) => huggingFaceUmt5Names(name)[0] ?? name,
): WrittenTensor[] {
  return written(umt5Inventory(shape), 't5:', storage, spell);
}

function vae(shape: VaeShape, type: WrittenType, spell: (name: string) => string): WrittenTensor[] {
  return written(vaeInventory(shape), 'vae:', { type }, spell);
}

/** `salt` keeps networks apart that share names. */
function written(
  inventory: Inventory,
  salt: string,
  { type, linears }: Storage,
  spell: (name: string) => string,
  prefix = '',
): WrittenTensor[] {
  const tensors: WrittenTensor[] = [];
  for (const [wan, shape] of inventory) {
    const name = prefix + spell(wan);
    const values = (part: readonly number[]) => exactWeights(salt + wan, part);
    if (linears === undefined || !isBlockLinear(wan, shape)) {
      const bytes = () => repeated(shape, (part) => encodeFloats(type, values(part)));
      tensors.push({ name, type, shape, bytes });
      continue;
    }
    const factor = linears === 'plain' ? 1 : scale;
    const bytes = () =>
      repeated(shape, (part) =>
        encodeFloats(
          'F8_E4M3',
          values(part).map((value) => value / factor),
        ),
      );
    tensors.push({ name, type: 'F8_E4M3', shape, bytes });
    const base = name.slice(0, -'weight'.length);
    if (linears === 'scaled') {
      tensors.push(scalarTensor(`${base}scale_weight`, scale), scalarTensor(`${base}scale_input`, 0.5));
    } else if (linears === 'quantised') {
      tensors.push(
        scalarTensor(`${base}weight_scale`, scale),
        textTensor(`${base}comfy_quant`, '{"format":"float8_e4m3fn"}'),
      );
    }
  }
  if (linears === 'scaled') {
    tensors.push({
      name: `${prefix}scaled_fp8`,
      type: 'F8_E4M3',
      shape: [0],
      bytes: () => new Uint8Array(0),
    });
  }
  return tensors;
}

/** Values that are made for a tensor, at most: those of the largest models would take hours. */
const mostMade = 2 ** 19;

/** Bytes of a tensor; of a large one the first rows, again and again. */
function repeated(
  shape: readonly number[],
  encode: (part: readonly number[]) => Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const [rows = 1, ...rest] = shape;
  const values = rest.reduce((product, size) => product * size, 1);
  if (rows * values <= mostMade) return encode(shape);
  const made = Math.max(1, Math.floor(mostMade / values));
  const part = encode([made, ...rest]);
  const whole = new Uint8Array((part.length / made) * rows);
  for (let at = 0; at < whole.length; at += part.length) {
    whole.set(part.subarray(0, Math.min(part.length, whole.length - at)), at);
  }
  return whole;
}

function isBlockLinear(name: string, shape: readonly number[]): boolean {
  return name.startsWith('blocks.') && shape.length === 2 && !name.includes('pos_embedding');
}

function scalarTensor(name: string, value: number): WrittenTensor {
  return { name, type: 'F32', shape: [], bytes: () => encodeFloats('F32', Float32Array.of(value)) };
}

function textTensor(name: string, text: string): WrittenTensor {
  const bytes = new TextEncoder().encode(text);
  return { name, type: 'U8', shape: [bytes.length], bytes: () => bytes };
}

function spieceModel(): WrittenTensor {
  return textTensor('spiece_model', '\n\x0e\n\x05<pad>\x15\0\0\0\0\x18\x03');
}

function one(path: string, tensors: WrittenTensor[]): WrittenFile {
  return { path, tensors, metadata: { format: 'pt' } };
}

function sharded(stem: string, tensors: WrittenTensor[], shards: number): WrittenFile[] {
  const total = String(shards).padStart(5, '0');
  const names = Array.from(
    { length: shards },
    (_, i) => `${stem}-${String(i + 1).padStart(5, '0')}-of-${total}.safetensors`,
  );
  const files = names.map((path, shard) =>
    one(
      path,
      tensors.filter((_, i) => i % shards === shard),
    ),
  );
  const weightMap = Object.fromEntries(
    tensors.map(({ name }, i) => [name, (names[i % shards] ?? '').replace(/^.*\//, '')]),
  );
  const size = tensors.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
  const index = { metadata: { total_size: size }, weight_map: weightMap };
  return [...files, { path: `${stem}.safetensors.index.json`, text: JSON.stringify(index) }];
}

export function tensorBytes({ type, shape }: WrittenTensor): number {
  return shape.reduce((product, size) => product * size, elementBytes[type]);
}

/** The parts of a file in order, made one after the other: never more than one tensor in memory. */
export function* fileParts(file: WrittenFile): Generator<Uint8Array<ArrayBuffer>> {
  if ('text' in file) {
    yield new TextEncoder().encode(file.text);
    return;
  }
  const header: Record<string, unknown> = file.metadata ? { __metadata__: file.metadata } : {};
  let offset = 0;
  for (const tensor of file.tensors) {
    const end = offset + tensorBytes(tensor);
    header[tensor.name] = { dtype: tensor.type, shape: tensor.shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padding = (8 - (text.length % 8)) % 8;
  yield new Uint8Array(BigUint64Array.of(BigInt(text.length + padding)).buffer);
  yield text;
  yield new TextEncoder().encode(' '.repeat(padding));
  for (const { bytes } of file.tensors) yield bytes();
}

/** A small file as a whole. */
export function fileBlob(file: WrittenFile): Blob {
  return new Blob([...fileParts(file)]);
}
