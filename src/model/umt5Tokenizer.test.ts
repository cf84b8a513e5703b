import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ShotweaveError } from '../lib/errors.ts';
import { cleanPrompt } from './promptCleaning.ts';
import { readPieces, tokenizerJson } from './sentencePiece.ts';
import { createUmt5Tokenizer, type TokenizerFile } from './umt5Tokenizer.ts';

const read = (name: string) => readFileSync(new URL(`./fixtures/umt5/${name}`, import.meta.url));
const json: TokenizerFile = { kind: 'json', name: 'tokenizer.json', bytes: read('tokenizer.json') };
const spiece: TokenizerFile = { kind: 'sentencepiece', name: 'spiece.model', bytes: read('spiece.model') };
const prompts: { text: string; cleaned: string; ids: number[] }[] = JSON.parse(
  read('prompts.json').toString(),
);
const config = { vocab: 400, max_len: 512, unk: 3, eos: 1 };

describe('cleanPrompt', () => {
  it.each(prompts)('cleans $text as ftfy and Python do', ({ text, cleaned }) => {
    expect(cleanPrompt(text)).toBe(cleaned);
  });

  it.each([
    ['&copy 1999 &unknown; &#0; &#55296; &#128; &amp', '&copy 1999 &unknown; \ufffd \ufffd € &amp'],
    ['\ud83d alone', '\ufffd alone'],
    ['\x93quoted\x94', '"quoted"'],
  ])('reads %j', (text, cleaned) => {
    expect(cleanPrompt(text)).toBe(cleaned);
  });
});

describe.each([
  ['tokenizer.json', json],
  ['spiece.model', spiece],
])('createUmt5Tokenizer from %s', (_, file) => {
  const tokenizer = createUmt5Tokenizer(file, config);

  it.each(prompts)('cuts $text as the original libraries do', ({ text, ids }) => {
    const whole = ids.length <= config.max_len ? ids : [...ids.slice(0, config.max_len - 1), 1];
    expect([...tokenizer.encode(text)]).toEqual(whole);
  });

  it('leaves room for the end mark', () => {
    const short = createUmt5Tokenizer(file, { ...config, max_len: 6 });
    const { ids, text } = prompts.find((prompt) => prompt.ids.length > 12) ?? { ids: [], text: '' };
    expect([...short.encode(text)]).toEqual([...ids.slice(0, 5), 1]);
  });

  it('says where the unread part starts', () => {
    const short = createUmt5Tokenizer(file, { ...config, max_len: 12 });
    expect(short.overLength('the rain')).toBeNull();
    const text = '  the boat in the rain, the   boat in the rain in the morning';
    const start = short.overLength(text) ?? -1;
    expect(text[start - 1]).toBe(' ');
    const tokens = (part: string) => tokenizer.encode(part).length - 1;
    expect(tokens(text.slice(0, start))).toBeLessThanOrEqual(11);
    expect(tokens(text.slice(0, start + (/^\S+/.exec(text.slice(start))?.[0].length ?? 0)))).toBeGreaterThan(
      11,
    );
  });

  it('marks words with characters that the vocabulary lacks', () => {
    expect(tokenizer.unknownWords('a boat ഭാഷ sails')).toEqual([{ word: 'ഭാഷ', start: 7, end: 10 }]);
  });
});

describe('a tokenizer that is not usable', () => {
  const changed = (change: (data: Record<string, unknown> & { model: Record<string, unknown> }) => void) => {
    const data = JSON.parse(read('tokenizer.json').toString());
    change(data);
    return { ...json, bytes: new TextEncoder().encode(JSON.stringify(data)) };
  };
  const refusals: [string, TokenizerFile, RegExp][] = [
    ['no JSON', { ...json, bytes: new TextEncoder().encode('PK') }, /cannot be read/],
    [
      'another kind of vocabulary',
      changed(({ model }) => Object.assign(model, { type: 'BPE' })),
      /cannot be read/,
    ],
    ['another unknown piece', changed(({ model }) => Object.assign(model, { unk_id: 2 })), /special pieces/],
    ['a model cut short', { ...spiece, bytes: spiece.bytes.subarray(0, 1000) }, /cannot be read/],
    ['an empty model', { ...spiece, bytes: new Uint8Array(0) }, /cannot be read/],
    ['a model of other bytes', { ...spiece, bytes: new Uint8Array(64).fill(0xff) }, /cannot be read/],
  ];
  it.each(refusals)('is refused with one sentence: %s', (_, file, what) => {
    const open = () => createUmt5Tokenizer(file, config);
    expect(open).toThrow(ShotweaveError);
    expect(open).toThrow(
      expect.objectContaining({ code: 'model-invalid', message: expect.stringMatching(what) }),
    );
  });

  it('is refused when the text encoder knows fewer pieces', () => {
    expect(() => createUmt5Tokenizer(json, { ...config, vocab: 50 })).toThrow(/knows 50/);
  });
});

describe('readPieces', () => {
  it("reads what the trainer wrote, the same as in transformers' file", () => {
    const pieces = readPieces(read('spiece.model'));
    expect(pieces.slice(0, 4).map(({ text, type }) => [text, type])).toEqual([
      ['<pad>', 3],
      ['</s>', 3],
      ['<s>', 3],
      ['<unk>', 2],
    ]);
    const { model } = JSON.parse(read('tokenizer.json').toString());
    expect(tokenizerJson(pieces).model).toEqual({
      type: 'Unigram',
      unk_id: 3,
      vocab: model.vocab,
      byte_fallback: false,
    });
  });
});
