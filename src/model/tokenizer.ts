import { z } from 'zod';
import { invariant, ShotweaveError } from '../lib/errors.ts';
import type { ModelConfig } from './config.ts';

/** A word of a text with its place in it, in UTF-16 units. */
export interface WordSpan {
  word: string;
  start: number;
  /** Exclusive. */
  end: number;
}

/** Turns text into the ids that the text encoder reads. */
export interface Tokenizer {
  /** Most words that a prompt may have; later ones are not read. */
  readonly maxWords: number;
  /** The words that the model has been trained on, in the vocabulary's order. */
  readonly words: readonly string[];
  /** Ids of the words, then the end mark; no padding, at most `max_len` ids. An empty text is the end mark alone. */
  encode(text: string): Uint32Array;
  /** Words that the model has never seen, numbers and other scripts among them, for underlining. */
  unknownWords(text: string): WordSpan[];
  /** Where the part starts that the model does not read because the text is too long; null when it reads all of it. */
  overLength(text: string): number | null;
}

type TokenizerConfig = Pick<ModelConfig['text_encoder'], 'vocab' | 'max_len' | 'pad' | 'unk' | 'eos'>;

const vocabularySchema = z.array(z.string().min(1)).min(1);

/** Checks a parsed vocab.json: a list of distinct words whose index is their id. Throws `model-invalid`. */
export function parseVocabulary(data: unknown): string[] {
  const result = vocabularySchema.safeParse(data);
  if (!result.success) {
    throw new ShotweaveError(
      'model-invalid',
      "The model's vocab.json is not a list of words; get the model folder again.",
      { cause: result.error },
    );
  }
  const twice = result.data.find((word, id) => result.data.indexOf(word) !== id);
  if (twice !== undefined) {
    throw new ShotweaveError(
      'model-invalid',
      `The model's vocab.json has the word "${twice.slice(0, 40)}" twice; get the model folder again.`,
    );
  }
  return result.data;
}

/**
 * A word-level tokenizer: lower case, runs of a to z, every word looked up in the vocabulary, unknown ones
 * replaced by the unknown mark, cut to leave room for the end mark.
 * Throws `model-invalid` when the vocabulary and the config disagree.
 */
export function createTokenizer(vocabulary: readonly string[], config: TokenizerConfig): Tokenizer {
  checkConfig(vocabulary, config);
  const marks = new Set([config.pad, config.unk, config.eos]);
  const words = vocabulary.filter((_, id) => !marks.has(id));
  const ids = new Map(vocabulary.map((word, id) => [word, id]));
  const maxWords = config.max_len - 1;

  return {
    maxWords,
    words,
    encode(text) {
      const read = spansOf(text, /[a-z]+/g).slice(0, maxWords);
      return Uint32Array.from([...read.map(({ word }) => ids.get(word) ?? config.unk), config.eos]);
    },
    unknownWords(text) {
      return spansOf(text, /[\p{L}\p{M}\p{N}]+/gu).filter(({ word }) => !ids.has(word));
    },
    overLength(text) {
      return spansOf(text, /[a-z]+/g)[maxWords]?.start ?? null;
    },
  };
}

/** The text that a shot is made from: the film's look put before the shot's own prompt. */
export function promptOf(look: string, prompt: string): string {
  return [look, prompt]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(', ');
}

/**
 * Matches of a pattern in the lower-case text, with their places in the text as written: lower case may be
 * longer (a capital I with a dot becomes two characters).
 */
function spansOf(text: string, pattern: RegExp): WordSpan[] {
  let lower = '';
  const starts: number[] = [];
  const ends: number[] = [];
  let position = 0;
  for (const character of text) {
    const lowered = character.toLowerCase();
    for (let unit = 0; unit < lowered.length; unit++) {
      starts.push(position);
      ends.push(position + character.length);
    }
    lower += lowered;
    position += character.length;
  }

  return Array.from(lower.matchAll(pattern), (match) => {
    const [word] = match;
    const start = starts[match.index];
    const end = ends[match.index + word.length - 1];
    invariant(start !== undefined && end !== undefined, 'a match lies outside its text');
    return { word, start, end };
  });
}

function checkConfig(vocabulary: readonly string[], config: TokenizerConfig): void {
  if (vocabulary.length !== config.vocab) {
    throw new ShotweaveError(
      'model-invalid',
      `The model's vocab.json has ${vocabulary.length} words and its config.json says ${config.vocab}; get the model folder again.`,
    );
  }
  if (Math.max(config.pad, config.unk, config.eos) >= vocabulary.length) {
    throw new ShotweaveError(
      'model-invalid',
      "The model's config.json names special words that its vocab.json does not have; get the model folder again.",
    );
  }
}
