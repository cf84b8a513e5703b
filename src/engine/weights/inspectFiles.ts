import { ShotweaveError } from '../../lib/errors.ts';
import { type Recognised, recognise } from '../../model/checkpoint/recognise.ts';
import type { TensorFacts } from '../../model/checkpoint/table.ts';
import type { ByteSource } from './byteSource.ts';
import { Safetensors } from './safetensors.ts';
import { baseName, folderOf, groupShards, type ShardIndex, shardIndexOf } from './shards.ts';
import { headOf, refusalOf, sniff } from './sniff.ts';

/** A network or LoRA that some files hold. */
export interface FoundPart {
  recognised: Recognised;
  /** For the person: the file's name, or that of the shards' folder. */
  name: string;
  files: readonly ByteSource[];
  tensors: readonly Safetensors[];
  bytes: number;
}

/** A tokenizer: Hugging Face's tokenizer.json, or the protobuf of SentencePiece. */
export interface FoundTokenizer {
  kind: 'json' | 'sentencepiece';
  name: string;
  bytes: number;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What a choice of files turned out to be. */
export interface Inspection {
  parts: FoundPart[];
  tokenizers: FoundTokenizer[];
  /** Files that claim to be weights and cannot be used, with a sentence each. */
  refused: { name: string; bytes: number; sentence: string }[];
  /** Names of files that are nothing of a model: notes, pictures, settings. */
  ignored: string[];
}

/** Longest JSON file that is looked into, in bytes; UMT5's tokenizer.json has 17 million. */
const mostJsonBytes = 64 * 2 ** 20;

/** ComfyUI's text encoders carry their tokenizer as a tensor of bytes under this name. */
const tokenizerTensor = 'spiece_model';

/**
 * Recognises files by what is in them; only headers are read. One bad file does not spoil the others.
 *
 * @param files with their paths below the chosen folder as names, so that shards are found beside their index
 */
export async function inspectFiles(files: readonly ByteSource[]): Promise<Inspection> {
  const inspection: Inspection = { parts: [], tokenizers: [], refused: [], ignored: [] };
  const indexes: ShardIndex[] = [];
  const weights = new Map<string, { source: ByteSource; opened: Safetensors }>();
  const refuse = (source: ByteSource, error: unknown): void => {
    if (!(error instanceof ShotweaveError)) throw error;
    inspection.refused.push({ name: baseName(source.name), bytes: source.size, sentence: error.message });
  };

  for (const source of files) {
    try {
      const kind = sniff(await headOf(source));
      const refusal = refusalOf(baseName(source.name), kind);
      if (refusal) throw refusal;
      // Only the header's own check can tell what is wrong with a file that should be one.
      if (kind === 'safetensors' || source.name.toLowerCase().endsWith('.safetensors')) {
        weights.set(source.name, { source, opened: await Safetensors.open(named(source)) });
      } else if (kind === 'sentencepiece') {
        inspection.tokenizers.push(tokenizerFile('sentencepiece', source));
      } else if (kind === 'json' && source.size <= mostJsonBytes) {
        await readJsonFile(source, indexes, inspection);
      } else {
        inspection.ignored.push(baseName(source.name));
      }
    } catch (error) {
      refuse(source, error);
    }
  }

  for (const group of groupShards([...weights.keys()], indexes)) {
    const members = group.paths.flatMap((path) => weights.get(path) ?? []);
    const [first] = members;
    if (!first) continue;
    const name =
      members.length === 1 ? baseName(first.source.name) : folderOf(first.source.name) || group.name;
    try {
      if (group.missing.length > 0) throw missingShards(name, group.missing);
      inspection.parts.push(...partsOf(name, members, inspection));
    } catch (error) {
      refuse(members.length === 1 ? first.source : { ...first.source, name }, error);
    }
  }
  return inspection;
}

function partsOf(
  name: string,
  members: readonly { source: ByteSource; opened: Safetensors }[],
  { tokenizers }: Inspection,
): FoundPart[] {
  const table = new Map<string, TensorFacts>();
  for (const { opened } of members) {
    for (const [stored, entry] of opened.tensors) table.set(stored, entry);
  }
  const parts = recognise(name, table).map((recognised): FoundPart => {
    const files = members.map(({ source }) => source);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    return { recognised, name, files, tensors: members.map(({ opened }) => opened), bytes };
  });
  for (const { opened, source } of members) {
    const stored = [...opened.tensors.keys()].find(
      (key) => key === tokenizerTensor || key.endsWith(`.${tokenizerTensor}`),
    );
    if (stored === undefined) continue;
    const { bytes } = opened.entry(stored);
    tokenizers.push({
      kind: 'sentencepiece',
      name: `in ${baseName(source.name)}`,
      bytes,
      read: () => opened.bytes(stored),
    });
  }
  return parts;
}

/** A file whose errors name it without the folders that it lies in. */
function named(source: ByteSource): ByteSource {
  return {
    name: baseName(source.name),
    size: source.size,
    read: (offset, length) => source.read(offset, length),
  };
}

async function readJsonFile(
  source: ByteSource,
  indexes: ShardIndex[],
  inspection: Inspection,
): Promise<void> {
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder().decode(await source.read(0, source.size)));
  } catch {
    inspection.ignored.push(baseName(source.name));
    return;
  }
  const index = shardIndexOf(source.name, data);
  if (index) indexes.push(index);
  else if (isUnigram(data)) inspection.tokenizers.push(tokenizerFile('json', source));
  else inspection.ignored.push(baseName(source.name));
}

/** Whether a tokenizer.json is of the kind that UMT5 has. */
function isUnigram(data: unknown): boolean {
  if (typeof data !== 'object' || data === null || !('model' in data)) return false;
  const { model } = data;
  return typeof model === 'object' && model !== null && 'type' in model && model.type === 'Unigram';
}

function tokenizerFile(kind: FoundTokenizer['kind'], source: ByteSource): FoundTokenizer {
  return { kind, name: baseName(source.name), bytes: source.size, read: () => source.read(0, source.size) };
}

function missingShards(name: string, missing: readonly string[]): ShotweaveError {
  const others = missing.length === 1 ? '' : ` and ${missing.length - 1} more`;
  return new ShotweaveError(
    'weights-invalid',
    `The model in ${name} is incomplete: ${missing[0]}${others} is not among the chosen files, so choose the whole folder or download what is missing.`,
  );
}
