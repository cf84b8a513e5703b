import { carriedColours, withCarried } from '../model/carry.ts';
import { promptOf } from '../model/tokenizer.ts';
import type { Storyboard } from '../storyboard/document.ts';
import type { ModelFacts } from './modelFiles.ts';

/** Prompt of every shot, and the negative prompt, as token ids. */
export interface EncodedPrompts {
  prompts: Uint32Array[];
  negative: Uint32Array;
}

export function encodePrompts(
  { look, negative, shots, carry }: Storyboard,
  { tokenizer, config }: Pick<ModelFacts, 'tokenizer' | 'config'>,
): EncodedPrompts {
  const carried =
    config.carry && carry !== false
      ? carriedColours(
          shots.map(({ prompt }) => prompt),
          config.carry,
        )
      : [];
  return {
    prompts: shots.map(({ prompt }, index) =>
      tokenizer.encode(promptOf(look, withCarried(prompt, carried[index] ?? null))),
    ),
    // What a model wants avoided where the person says nothing.
    negative: tokenizer.encode(negative.trim() === '' ? (config.sampler.negative ?? negative) : negative),
  };
}

/** Rows of text in every pass of a step: those of all prompts, and with guidance those of the negative prompt. */
export function promptRowsOf(
  { guidance }: Pick<Storyboard, 'guidance'>,
  { prompts, negative }: EncodedPrompts,
): number[] {
  const rows = prompts.reduce((sum, { length }) => sum + length, 0);
  return guidance === 1 ? [rows] : [rows, negative.length];
}
