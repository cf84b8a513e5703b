import { describe, expect, it } from 'vitest';
import type { Carried } from '../model/carry.ts';
import { createTokenizer } from '../model/tokenizer.ts';
import { unreadStart } from './unread.ts';

const vocabulary = ['<pad>', '<unk>', '</s>', 'a', 'red', 'boat', 'at', 'dawn'];
/** Reads five words. */
const tokenizer = createTokenizer(vocabulary, {
  vocab: vocabulary.length,
  max_len: 6,
  pad: 0,
  unk: 1,
  eos: 2,
});

/** The part of the prompt that is not read. */
function unread(look: string, prompt: string, carried: Carried | null = null): string | null {
  const start = unreadStart(tokenizer, look, prompt, carried);
  return start === null ? null : prompt.slice(start);
}

describe('unreadStart', () => {
  it.each([
    ['', 'a red boat at dawn', null],
    ['', 'a red boat at dawn, alone', 'alone'],
    ['', '  a red boat at dawn alone here ', 'alone here '],
    ['at dawn', 'a red boat', null],
    ['at dawn', 'a red boat, alone', 'alone'],
    [' at dawn ', ' a red boat alone', 'alone'],
    ['one two three four five', 'a red boat', 'a red boat'],
    ['one two three four five six', ' a red boat', 'a red boat'],
    ['one two three four five six', '', null],
    ['one two three four five six', '   ', null],
  ])('with the look %j the prompt %j is not read from %j on', (look, prompt, rest) => {
    expect(unread(look, prompt)).toBe(rest);
  });

  it.each([
    ['', 'a boat at dawn', null],
    ['', 'a boat at dawn, alone', 'alone'],
    ['dawn', ' a boat at dawn here', 'dawn here'],
    ['dawn', ' a boat at', null],
    ['at dawn', 'a boat at dawn', 'at dawn'],
    ['one two three', 'a boat', 'boat'],
    ['one two three four', 'a boat', 'boat'],
    ['one two three four five', ' a boat', 'a boat'],
  ])('counts a carried colour in: with the look %j, %j is not read from %j on', (look, prompt, rest) => {
    const carried = { colour: 'red', at: prompt.indexOf('boat'), from: 0 };
    expect(unread(look, prompt, carried)).toBe(rest);
  });
});
