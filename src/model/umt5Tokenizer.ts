import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { ShotweaveError } from '../lib/errors.ts';
import type { ModelConfig } from './config.ts';
import { cleanPrompt } from './promptCleaning.ts';
import { readPieces, tokenizerJson } from './sentencePiece.ts';
import type { Tokenizer, WordSpan } from './tokenizer.ts';

/** A tokenizer that came with a checkpoint: tokenizer.json, or the SentencePiece model in ComfyUI's text encoders. */
export interface TokenizerFile {
  kind: 'json' | 'sentencepiece';
  /** For the sentence where it cannot be read. */
  name: string;
  bytes: Uint8Array;
}

type TokenizerConfig = Pick<ModelConfig['text_encoder'], 'vocab' | 'max_len' | 'unk' | 'eos'>;

/** A quarter of a million entries are checked by hand: as a schema they would take seconds and be copied. */
const vocabularySchema = z.custom<[string, number][]>(
  (data) =>
    Array.isArray(data) &&
    data.length >= 4 &&
    data.every(
      (entry) => Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number',
    ),
);

const unigramSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string() })),
  model: z.looseObject({
    type: z.literal('Unigram'),
    unk_id: z.int(),
    vocab: vocabularySchema,
  }),
});

/**
 * UMT5's tokenizer as Wan2.1 uses it: the prompt is cleaned, cut into the pieces of the checkpoint's own vocabulary,
 * shortened to leave room for the end mark, and ended with it. Throws `model-invalid` when the file is not one.
 */
export function createUmt5Tokenizer(file: TokenizerFile, config: TokenizerConfig): Tokenizer {
  const tokenizer = openTokenizer(file, config);
  const mostTokens = config.max_len - 1;
  const tokensOf = (text: string): number[] =>
    text === '' ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids;

  return {
    maxWords: mostTokens,
    words: [],
    encode(text) {
      return Uint32Array.from([...tokensOf(cleanPrompt(text)).slice(0, mostTokens), config.eos]);
    },
    unknownWords(text) {
      return wordsOf(text).filter(({ word }) => tokensOf(cleanPrompt(word)).includes(config.unk));
    },
    overLength(text) {
      if (tokensOf(cleanPrompt(text)).length <= mostTokens) return null;
      // Tokens never cross a space: a beginning of whole words has the same tokens that it has in the whole text.
      const words = Array.from(text.matchAll(/\S+/g), ({ 0: word, index }) => ({
        start: index,
        end: index + word.length,
      }));
      let low = 0;
      let high = words.length - 1;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const end = words[middle]?.end ?? text.length;
        if (tokensOf(cleanPrompt(text.slice(0, end))).length > mostTokens) high = middle;
        else low = middle + 1;
      }
      return words[low]?.start ?? 0;
    },
  };
}

function wordsOf(text: string): WordSpan[] {
  return Array.from(text.matchAll(/[\p{L}\p{M}\p{N}]+/gu), ({ 0: word, index }) => ({
    word,
    start: index,
    end: index + word.length,
  }));
}

function openTokenizer(file: TokenizerFile, config: TokenizerConfig): HuggingFaceTokenizer {
  let tokenizer: HuggingFaceTokenizer;
  let pieces: number;
  let unknown: number;
  let eos: string | undefined;
  try {
    const json = unigramSchema.parse(
      file.kind === 'json'
        ? JSON.parse(new TextDecoder().decode(file.bytes))
        : tokenizerJson(readPieces(file.bytes)),
    );
    pieces = Math.max(json.model.vocab.length, ...json.added_tokens.map(({ id }) => id + 1));
    unknown = json.model.unk_id;
    eos = json.model.vocab[config.eos]?.[0];
    tokenizer = new HuggingFaceTokenizer(json, {});
  } catch (cause) {
    throw refusal(file, 'it cannot be read', cause);
  }
  if (pieces > config.vocab) {
    throw refusal(file, `it has ${pieces} pieces and the text encoder knows ${config.vocab}`);
  }
  if (unknown !== config.unk || eos !== '</s>')
    throw refusal(file, 'its special pieces are not where UMT5 has them');
  return tokenizer;
}

function refusal({ name }: TokenizerFile, what: string, cause?: unknown): ShotweaveError {
  return new ShotweaveError(
    'model-invalid',
    `The tokenizer ${name} is not UMT5's (${what}): get tokenizer.json of google/umt5-xxl.`,
    { cause },
  );
}
