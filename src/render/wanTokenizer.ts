import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import type { FoundTokenizer } from '../engine/weights/inspectFiles.ts';
import { ShotweaveError } from '../lib/errors.ts';
import type { ModelConfig } from '../model/config.ts';
import type { Tokenizer } from '../model/tokenizer.ts';

/** Reads the tokenizer that lies beside a Wan model. Throws `model-invalid`. */
export async function openWanTokenizer(
  found: FoundTokenizer,
  { max_len, eos }: ModelConfig['text_encoder'],
): Promise<Tokenizer> {
  const tokenizer = readTokenizer(found, await found.read());
  return {
    maxWords: max_len - 1,
    words: [],
    encode(text) {
      const { ids } = tokenizer.encode(text, { add_special_tokens: false });
      return Uint32Array.from([...ids.slice(0, max_len - 1), eos]);
    },
    unknownWords: () => [],
    overLength: () => null,
  };
}

function readTokenizer({ name }: FoundTokenizer, bytes: Uint8Array<ArrayBuffer>): HuggingFaceTokenizer {
  try {
    return new HuggingFaceTokenizer(JSON.parse(new TextDecoder().decode(bytes)), {});
  } catch (cause) {
    throw new ShotweaveError(
      'model-invalid',
      `The tokenizer ${name} cannot be read: get tokenizer.json of google/umt5-xxl.`,
      { cause },
    );
  }
}
