import { ShotweaveError } from '../../lib/errors.ts';
import { type DitShape, diffusersDitName, ditInventory, headSize } from './dit.ts';
import { isLora, type LoraShape, readLora } from './lora.ts';
import { refuseForeign, refuseOtherDit, refuseOtherVae } from './refusals.ts';
import { countIndexed, type Inventory, sizeOf, type TensorTable } from './table.ts';
import { type TaehvShape, taehvInventory } from './taehv.ts';
import { huggingFaceUmt5Names, type Umt5Shape, umt5Inventory } from './umt5.ts';
import { diffusersVaeName, type VaeShape, vaeInventory } from './vae.ts';

/** Whose names a checkpoint's tensors have: Wan's own (ComfyUI keeps them, prefixed or not), diffusers' or transformers'. */
export type Layout = 'original' | 'diffusers' | 'huggingface';

interface Network<Kind extends string, Shape> {
  kind: Kind;
  layout: Layout;
  shape: Shape;
  /** Stored name of every tensor that the network needs, by Wan's own name. */
  names: ReadonlyMap<string, string>;
  /** How most of its weights are stored, by bytes: F16, BF16, F8_E4M3 and so on. */
  precision: string;
}

/** What a checkpoint was recognised as. */
export type Recognised =
  | Network<'dit', DitShape>
  | Network<'text-encoder', Umt5Shape>
  | Network<'wan-vae', VaeShape>
  | Network<'taehv', TaehvShape>
  | { kind: 'lora'; shape: LoraShape; precision: string };

/**
 * Recognises what a checkpoint is from the names and shapes of its tensors alone. A file that holds several networks
 * gives several. Throws `model-invalid` with a sentence that names the file when it is none that Wan2.1's films are
 * made with, or an incomplete one.
 *
 * @param fileName for the sentence
 * @param table tensors of the file, or of all shards together
 */
export function recognise(fileName: string, table: TensorTable): Recognised[] {
  if (isLora(table)) {
    return [
      { kind: 'lora', shape: readLora(fileName, table), precision: precisionOf([...table.keys()], table) },
    ];
  }
  const found = [
    ...recogniseDit(fileName, table),
    ...recogniseTextEncoder(fileName, table),
    ...recogniseVae(fileName, table),
    ...recogniseTaehv(fileName, table),
  ];
  if (found.length === 0) throw refuseForeign(fileName, table);
  return found;
}

function recogniseDit(fileName: string, table: TensorTable): Recognised[] {
  const original = prefixOf(table, 'head.modulation');
  const diffusers = prefixOf(table, 'condition_embedder.time_proj.weight');
  const prefix = original ?? diffusers;
  if (prefix === null) return [];
  const layout = original === null ? 'diffusers' : 'original';
  const spell = (name: string) => prefix + (layout === 'diffusers' ? diffusersDitName(name) : name);
  const size = (name: string, dimension: number) => sizeOf(table, spell(name), dimension);
  const dim = size('head.modulation', 2);
  const groups = size('blocks.0.self_attn.router.weight', 0);
  const shape: DitShape = {
    dim,
    heads: dim / headSize,
    layers: countIndexed(table, `${prefix}blocks.`),
    ffn: size('blocks.0.ffn.0.weight', 0),
    z: size('patch_embedding.weight', 1),
    textDim: size('text_embedding.0.weight', 1),
    freqDim: size('time_embedding.0.weight', 1),
    groups: groups === 0 ? null : groups,
  };
  const inventory = ditInventory(shape);
  refuseOtherDit(fileName, table, prefix, shape, new Set(Array.from(inventory.keys(), spell)));
  return [{ kind: 'dit', layout, shape, ...named(fileName, table, inventory, (name) => [spell(name)]) }];
}

function recogniseTextEncoder(fileName: string, table: TensorTable): Recognised[] {
  const original = prefixOf(table, 'blocks.0.pos_embedding.embedding.weight');
  const bias = 'encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight';
  const prefix = original ?? prefixOf(table, bias);
  if (prefix === null) return [];
  const layout = original === null ? 'huggingface' : 'original';
  const spell = (name: string) =>
    (layout === 'original' ? [name] : huggingFaceUmt5Names(name)).map((spelled) => prefix + spelled);
  const size = (name: string, dimension: number) =>
    Math.max(...spell(name).map((spelled) => sizeOf(table, spelled, dimension)));
  const layers = countIndexed(table, prefix + (layout === 'original' ? 'blocks.' : 'encoder.block.'));
  const biases = [...table.keys()].filter((name) => name.endsWith('relative_attention_bias.weight'));
  if (layout === 'huggingface' && layers > 1 && biases.length === 1) {
    throw new ShotweaveError(
      'model-invalid',
      `The file ${fileName} is a T5 encoder, and Wan2.1 reads prompts with UMT5: choose umt5_xxl instead.`,
    );
  }
  const shape: Umt5Shape = {
    vocab: size('token_embedding.weight', 0),
    dim: size('token_embedding.weight', 1),
    inner: size('blocks.0.attn.q.weight', 0),
    heads: size('blocks.0.pos_embedding.embedding.weight', 1),
    layers,
    ffn: size('blocks.0.ffn.fc1.weight', 0),
    buckets: size('blocks.0.pos_embedding.embedding.weight', 0),
  };
  return [{ kind: 'text-encoder', layout, shape, ...named(fileName, table, umt5Inventory(shape), spell) }];
}

function recogniseVae(fileName: string, table: TensorTable): Recognised[] {
  const original = prefixOf(table, 'decoder.middle.0.residual.0.gamma');
  const prefix = original ?? prefixOf(table, 'decoder.mid_block.resnets.0.norm1.gamma');
  if (prefix === null) return [];
  const layout = original === null ? 'diffusers' : 'original';
  const spell = (name: string) => prefix + (layout === 'diffusers' ? diffusersVaeName(name) : name);
  const shape: VaeShape = {
    dim: sizeOf(table, spell('decoder.head.0.gamma'), 0),
    z: sizeOf(table, spell('conv2.weight'), 0),
  };
  refuseOtherVae(fileName, shape.z);
  const inventory = vaeInventory(shape);
  return [{ kind: 'wan-vae', layout, shape, ...named(fileName, table, inventory, (name) => [spell(name)]) }];
}

function recogniseTaehv(fileName: string, table: TensorTable): Recognised[] {
  const prefix = prefixOf(table, 'decoder.7.conv.weight');
  if (prefix === null) return [];
  const spell = (name: string) => prefix + name;
  const shape: TaehvShape = {
    z: sizeOf(table, spell('decoder.1.weight'), 1),
    channels: [
      sizeOf(table, spell('decoder.1.weight'), 0),
      sizeOf(table, spell('decoder.8.weight'), 0),
      sizeOf(table, spell('decoder.14.weight'), 0),
      sizeOf(table, spell('decoder.20.weight'), 0),
    ],
  };
  refuseOtherVae(fileName, shape.z);
  const inventory = taehvInventory(shape);
  return [
    {
      kind: 'taehv',
      layout: 'original',
      shape,
      ...named(fileName, table, inventory, (name) => [spell(name)]),
    },
  ];
}

/** What stands before a marker's name in the table; of an average and its origin, as trainers keep both, the average. */
function prefixOf(table: TensorTable, marker: string): string | null {
  const prefixes: string[] = [];
  for (const name of table.keys()) {
    if (name === marker || name.endsWith(`.${marker}`)) prefixes.push(name.slice(0, -marker.length));
  }
  return prefixes.find((prefix) => /(^|[._])ema[._]/.test(prefix)) ?? prefixes[0] ?? null;
}

const floatTypes: ReadonlySet<string> = new Set(['F64', 'F32', 'F16', 'BF16', 'F8_E4M3', 'F8_E5M2']);

/** Finds every tensor of an inventory in the table and checks its shape and type. Throws `model-invalid`. */
function named(
  fileName: string,
  table: TensorTable,
  inventory: Inventory,
  spell: (name: string) => readonly string[],
): { names: ReadonlyMap<string, string>; precision: string } {
  const names = new Map<string, string>();
  const missing: string[] = [];
  for (const [name, shape] of inventory) {
    const candidates = spell(name);
    const stored = candidates.find((candidate) => table.has(candidate));
    const facts = stored === undefined ? undefined : table.get(stored);
    if (stored === undefined || facts === undefined) {
      missing.push(candidates[0] ?? name);
      continue;
    }
    if (facts.shape.length !== shape.length || facts.shape.some((size, i) => size !== shape[i])) {
      throw incomplete(
        fileName,
        `"${stored}" has the shape [${facts.shape.join(', ')}] and not [${shape.join(', ')}]`,
      );
    }
    if (!floatTypes.has(facts.type)) {
      throw new ShotweaveError(
        'model-invalid',
        `The file ${fileName} is quantised in a form that is not known here ("${stored}" is of the type ${facts.type}): choose an fp16, bf16 or fp8 file of the same model.`,
      );
    }
    names.set(name, stored);
  }
  if (missing.length > 0) {
    const others = missing.length === 1 ? '' : ` and ${missing.length - 1} more`;
    throw incomplete(fileName, `it lacks the tensor "${missing[0]}"${others}`);
  }
  return { names, precision: precisionOf([...names.values()], table) };
}

function incomplete(fileName: string, what: string): ShotweaveError {
  return new ShotweaveError(
    'weights-invalid',
    `The weight file ${fileName} cannot be used: ${what}; get the file again, or choose another.`,
  );
}

/** The type of most elements. */
function precisionOf(names: readonly string[], table: TensorTable): string {
  const elements = new Map<string, number>();
  for (const name of names) {
    const facts = table.get(name);
    if (!facts) continue;
    const count = facts.shape.reduce((product, size) => product * size, 1);
    elements.set(facts.type, (elements.get(facts.type) ?? 0) + count);
  }
  return [...elements].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'F32';
}
