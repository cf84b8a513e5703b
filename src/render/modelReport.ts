import type { DitShape } from '../model/checkpoint/dit.ts';
import type { DecoderChoice, Missing } from '../model/checkpoint/set.ts';
import type { WanModel } from '../model/wanConfig.ts';
import type { MemoryWish } from '../plan/filmBudget.ts';

/** A file of the person's models, as the page hands it to the worker; it stays where it is and is read by range. */
export interface ModelFile {
  /** Of the library's entry that it belongs to. */
  entryId: string;
  /** Path below the chosen folder. */
  path: string;
  file: File;
}

/** What the person chose about their models, and said of the GPU that they run on. */
export interface ModelChoices extends MemoryWish {
  decoder: DecoderChoice;
  /** Strength of every LoRA by its file's name; one that is not named is off. */
  loras: Readonly<Record<string, number>>;
}

/** What holds until the person chooses. */
export const usualChoices: ModelChoices = { decoder: 'quality', loras: {}, memory: null, weights: 'auto' };

export type ItemKind = 'dit' | 'text-encoder' | 'tokenizer' | 'wan-vae' | 'taehv' | 'lora' | 'refused';

/** One thing that was found among the files. */
export interface ModelItem {
  entryId: string;
  kind: ItemKind;
  /** Name of the file, or of the folder that its shards lie in. */
  name: string;
  /** "Wan2.1 T2V 1.3B", "UMT5 text encoder"; for a refused file, what it claims to be. */
  title: string;
  /** "fp16, ComfyUI names"; for a refused file, the sentence that says why. */
  detail: string;
  /** A sentence that says why it is of no use with the other files; left out where it is. */
  problem?: string;
  bytes: number;
}

/** How far a model's parts are together. */
export interface ModelSet {
  model: WanModel;
  title: string;
  /** Empty when films can be made with it. */
  missing: Missing[];
  /** Bytes of the files that it is read from. */
  bytes: number;
  /** The decoder that films of it are decoded with; null when there is none. */
  decoder: 'wan-vae' | 'taehv' | null;
  /** Sizes of its transformer; null when there is none. */
  transformer: DitShape | null;
}

export interface ModelReport {
  items: ModelItem[];
  sets: ModelSet[];
}
