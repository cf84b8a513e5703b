import { invariant } from '../lib/errors.ts';

/** A piece of a SentencePiece model. */
export interface Piece {
  text: string;
  score: number;
  /** 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte. */
  type: number;
}

const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const fixed32 = 5;
const pieceField = 1;

/**
 * Pieces of a SentencePiece .model file, in the order of their ids: a protobuf message whose field 1 repeats
 * { 1: text, 2: score, 3: type }; everything else is left out. Throws RangeError where it is not one.
 */
export function readPieces(bytes: Uint8Array): Piece[] {
  const pieces: Piece[] = [];
  for (const { field, wire, at, end } of fields(bytes, 0, bytes.length)) {
    if (field === pieceField && wire === lengthDelimited) pieces.push(readPiece(bytes, at, end));
  }
  if (pieces.length === 0) throw new RangeError('no pieces');
  return pieces;
}

function readPiece(bytes: Uint8Array, start: number, stop: number): Piece {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const piece: Piece = { text: '', score: 0, type: 1 };
  for (const { field, wire, at, end, value } of fields(bytes, start, stop)) {
    if (field === 1 && wire === lengthDelimited)
      piece.text = new TextDecoder().decode(bytes.subarray(at, end));
    else if (field === 2 && wire === fixed32) piece.score = view.getFloat32(at, true);
    else if (field === 3 && wire === varint) piece.type = value;
  }
  return piece;
}

interface Field {
  field: number;
  wire: number;
  /** Where its content lies. */
  at: number;
  end: number;
  /** Of a varint. */
  value: number;
}

function* fields(bytes: Uint8Array, start: number, stop: number): Generator<Field> {
  let next = start;
  while (next < stop) {
    const key = readVarint(bytes, next, stop);
    const wire = key.value & 7;
    const field = key.value >>> 3;
    let at = key.end;
    let end: number;
    let value = 0;
    if (wire === varint) ({ value, end } = readVarint(bytes, at, stop));
    else if (wire === fixed64) end = at + 8;
    else if (wire === fixed32) end = at + 4;
    else if (wire === lengthDelimited) {
      const length = readVarint(bytes, at, stop);
      at = length.end;
      end = at + length.value;
    } else throw new RangeError(`wire type ${wire}`);
    if (end > stop) throw new RangeError('a field past the end');
    yield { field, wire, at, end, value };
    next = end;
  }
}

function readVarint(bytes: Uint8Array, start: number, stop: number): { value: number; end: number } {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined || start + i >= stop) throw new RangeError('a number past the end');
    // What is read here never needs more than 53 bits; more are left out.
    if (i < 7) value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  throw new RangeError('a number without an end');
}

/** What the tokenizer library is told of a model. */
export interface TokenizerJson {
  added_tokens: object[];
  normalizer: object;
  pre_tokenizer: object;
  post_processor: null;
  decoder: object;
  model: object;
}

/**
 * A SentencePiece unigram model as the tokenizer.json that transformers makes of UMT5's: spaces become the mark ▁,
 * which also begins every text; runs of spaces count as one.
 */
export function tokenizerJson(pieces: readonly Piece[]): TokenizerJson {
  const unknown = pieces.findIndex(({ type }) => type === 2);
  invariant(unknown >= 0, 'a model without an unknown piece');
  const special = pieces.flatMap(({ text, type }, id) =>
    type === 2 || type === 3 ? [{ id, content: text }] : [],
  );
  const mark = { replacement: '▁', prepend_scheme: 'always' };
  return {
    added_tokens: special.map((token) => ({
      ...token,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
    pre_tokenizer: { type: 'Metaspace', ...mark, split: true },
    post_processor: null,
    decoder: { type: 'Metaspace', ...mark, split: true },
    model: {
      type: 'Unigram',
      unk_id: unknown,
      vocab: pieces.map(({ text, score }) => [text, score]),
      byte_fallback: false,
    },
  };
}
