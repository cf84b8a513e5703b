import { ShotweaveError } from '../../lib/errors.ts';
import { diffusersDitName, ditInventory } from './dit.ts';
import { sizeOf, type TensorTable } from './table.ts';

/** What a LoRA file does to one tensor of the transformer; every field is a stored name. */
export interface LoraChange {
  /**
   * down [rank, columns], up [rows, rank] and, where the file has one, alpha:
   * adds strength * (alpha / rank) * up @ down.
   */
  pair: { down: string; up: string; alpha: string | null; rows: number; columns: number } | null;
  /** Of the tensor's own shape: adds strength * diff. */
  diff: { stored: string; elements: number } | null;
}

/** A LoRA for a Wan transformer. */
export interface LoraShape {
  /** By Wan's name of the tensor that is changed. */
  changes: ReadonlyMap<string, LoraChange>;
  /** Largest rank of its pairs. */
  rank: number;
  /** Width of the transformer that it is for; 0 when no tensor tells. */
  dim: number;
}

type Role = 'down' | 'up' | 'alpha' | 'diff' | 'diffBias' | 'diffModulation';

/** Endings of the spellings in use: ComfyUI and kohya, PEFT, diffusers' two older ones. */
const endings: readonly (readonly [string, Role])[] = [
  ['.lora_down.weight', 'down'],
  ['.lora_up.weight', 'up'],
  ['.lora_A.weight', 'down'],
  ['.lora_B.weight', 'up'],
  ['.lora_A.default.weight', 'down'],
  ['.lora_B.default.weight', 'up'],
  ['.lora.down.weight', 'down'],
  ['.lora.up.weight', 'up'],
  ['_lora.down.weight', 'down'],
  ['_lora.up.weight', 'up'],
  ['.alpha', 'alpha'],
  ['.diff', 'diff'],
  ['.diff_b', 'diffBias'],
  ['.diff_m', 'diffModulation'],
];

/** Kinds of change that would have to be computed otherwise. */
const foreignEndings =
  /\.(dora_scale|set_weight|reshape_weight|w_norm|b_norm|hada_w\d_[ab]|lokr_w\d(_[ab])?|oft_\w+)$/;

const prefixes = ['base_model.model.', 'model.', 'diffusion_model.', 'transformer.', 'unet.'];

/** What image-to-video models have beside the text-to-video ones; a LoRA for both is taken without it. */
const imageParts = /img_emb|k_img|v_img|image_embedder|add_[kv]_proj|norm_added_k/;

/** Wan's path of every module, by all its spellings, with underscores for dots and `N` for the block. */
const modules = modulePaths();

export function isLora(table: TensorTable): boolean {
  for (const name of table.keys()) {
    const role = endingOf(name)?.role;
    if ((role !== undefined && role !== 'alpha') || foreignEndings.test(name)) return true;
  }
  return false;
}

/** Reads a LoRA's names. Throws `model-invalid` when it is not for a Wan transformer or of a kind that is not known. */
export function readLora(fileName: string, table: TensorTable): LoraShape {
  const changes = new Map<string, LoraChange>();
  const change = (tensor: string, field: Partial<LoraChange>): void => {
    changes.set(tensor, { ...(changes.get(tensor) ?? { pair: null, diff: null }), ...field });
  };
  const pairs = new Map<string, { down?: string; up?: string; alpha?: string }>();
  for (const stored of table.keys()) {
    if (foreignEndings.test(stored)) {
      throw refusal(
        fileName,
        `it is of a kind other than LoRA ("${stored.slice(0, 80)}"): choose a plain LoRA`,
      );
    }
    const ending = endingOf(stored);
    if (!ending || imageParts.test(stored)) continue;
    const { path: spelled, role } = ending;
    const path = modulePath(spelled, role === 'diffModulation');
    if (path === null) {
      throw refusal(
        fileName,
        `it changes "${spelled.slice(0, 80)}", which no Wan2.1 text-to-video model has: choose a LoRA made for Wan2.1 T2V`,
      );
    }
    const diff = { stored, elements: elementsOf(table, stored) };
    if (role === 'diff') change(`${path}.weight`, { diff });
    else if (role === 'diffBias') change(`${path}.bias`, { diff });
    else if (role === 'diffModulation') change(path, { diff });
    else pairs.set(path, { ...pairs.get(path), [role]: stored });
  }
  let rank = 0;
  let dim = 0;
  for (const [path, { down, up, alpha }] of pairs) {
    if (down === undefined || up === undefined) {
      throw refusal(fileName, `half of its change to "${path}" is missing: get the file again`);
    }
    const pairRank = sizeOf(table, down, 0);
    const rows = sizeOf(table, up, 0);
    if (pairRank === 0 || rows * pairRank !== elementsOf(table, up) || pairRank !== sizeOf(table, up, 1)) {
      throw refusal(fileName, `the two halves of its change to "${path}" do not fit: get the file again`);
    }
    const columns = elementsOf(table, down) / pairRank;
    rank = Math.max(rank, pairRank);
    if (/attn\.[qkvo]$|ffn\.2$/.test(path)) dim = rows;
    else if (/ffn\.0$/.test(path)) dim = columns;
    change(`${path}.weight`, { pair: { down, up, alpha: alpha ?? null, rows, columns } });
  }
  if (changes.size === 0) throw refusal(fileName, 'it changes nothing of a Wan2.1 text-to-video model');
  return { changes, rank, dim };
}

/** Elements of a stored tensor. */
function elementsOf(table: TensorTable, stored: string): number {
  return (table.get(stored)?.shape ?? [0]).reduce((all, size) => all * size, 1);
}

function endingOf(name: string): { path: string; role: Role } | null {
  for (const [ending, role] of endings) {
    if (name.endsWith(ending)) return { path: name.slice(0, -ending.length), role };
  }
  return null;
}

/** Wan's path of a module under any of its spellings; null when there is none. */
function modulePath(spelled: string, modulation: boolean): string | null {
  let path = spelled;
  for (let before = ''; before !== path; ) {
    before = path;
    for (const prefix of prefixes) if (path.startsWith(prefix)) path = path.slice(prefix.length);
  }
  const flat = path.replaceAll('.', '_').replace(/^lora_(unet|transformer)_/, '');
  const block = /^blocks_(\d+)(?:_|$)/.exec(flat)?.[1];
  if (modulation)
    return block !== undefined && flat === `blocks_${block}` ? `blocks.${block}.modulation` : null;
  const known = modules.get(block === undefined ? flat : flat.replace(/^blocks_\d+_/, 'blocks_N_'));
  return known?.replace('blocks.N.', `blocks.${block}.`) ?? null;
}

function modulePaths(): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const sizes = { dim: 1, heads: 1, layers: 1, ffn: 1, z: 1, textDim: 1, freqDim: 1, groups: null };
  for (const tensor of ditInventory(sizes).keys()) {
    const path = /^(.*)\.(weight|bias)$/.exec(tensor)?.[1];
    if (path === undefined) continue;
    const wan = path.replace(/^blocks\.0\./, 'blocks.N.');
    for (const spelled of [path, diffusersDitName(path)]) {
      paths.set(spelled.replaceAll('.', '_').replace(/^blocks_0_/, 'blocks_N_'), wan);
    }
  }
  return paths;
}

function refusal(fileName: string, what: string): ShotweaveError {
  return new ShotweaveError('model-invalid', `The LoRA ${fileName} cannot be used: ${what}.`);
}
