import { describe, expect, it } from 'vitest';
import { packedBytes } from '../engine/weights/storedMatrix.ts';
import { umt5Inventory } from '../model/checkpoint/umt5.ts';
import { publishedText, publishedWanConfig } from '../model/wanConfig.ts';
import { budgetFilm, decodeRoomOf, longestFilm, type MemoryWish, roomOf } from './filmBudget.ts';
import { planEvenFilm } from './geometry.ts';
import { planFor } from './index.ts';
import { textBatchRows, textLayerBytes, textStageBytes } from './textMemory.ts';

const config = publishedWanConfig('wan2.1-1.3b');
const model = { config, fixedBytes: 4e7, choice: true };
const texts = { attention: 'dense', promptRows: [100, 130] } as const;
const video = { width: 832, height: 480, fps: 16 };

function limitsOf(memory: number) {
  const decodeBytes = decodeRoomOf({ memory });
  return { bindingBytes: 2 ** 32 - 4, dispatchFlops: 5e10, decodeBytes, room: roomOf({ memory }) };
}

function budget(frames: number, memory: number, wish: MemoryWish['weights'] = 'auto', chosen = model) {
  const limits = limitsOf(memory);
  const plan = planFor(planEvenFilm(video, frames, 1, config), config, limits);
  return budgetFilm(plan, chosen, texts, wish, limits);
}

describe('the budget of a film', () => {
  it('takes away bits and then streams as memory gets scarce, and never takes more than there is', () => {
    const sizes = [16, 6, 5, 4, 3.5, 3.2];
    const budgets = sizes.map((memory) => budget(20, memory));
    const kept = budgets.map((made) => made?.weights?.dit);
    expect(kept[0]).toMatchObject({ format: 'f16', storage: 'resident' });
    expect(kept.some((dit) => dit?.format === 'int8')).toBe(true);
    for (const [i, made] of budgets.entries()) {
      if (made) expect(made.bytes).toBeLessThanOrEqual(roomOf({ memory: sizes[i] ?? 0 }));
    }
    expect(budget(20, 1)).toBeNull();
  });

  it('keeps to the format that the person wants, of the text encoder too', () => {
    expect(budget(20, 16, 'int4')?.weights).toMatchObject({ dit: { format: 'int4' }, text: 'int8' });
    expect(budget(20, 16, 'f16')?.weights).toMatchObject({ dit: { format: 'f16' }, text: 'f16' });
    expect(budget(20, 5, 'f16')?.weights?.dit.storage).toBe('streamed');
  });

  it('of a model that leaves no choice is its own weights and the film', () => {
    const fixed = { ...model, choice: false };
    expect(budget(20, 16, 'int4', fixed)?.weights).toBeNull();
    expect(budget(20, 16, 'auto', { ...fixed, fixedBytes: 2 ** 34 })).toBeNull();
  });

  it('names the longest film that fits', () => {
    const limits = limitsOf(8);
    const plan = planFor(planEvenFilm(video, 240, 1, config), config, limits);
    const frames = longestFilm(plan, model, texts, 'auto', limits);
    expect(frames).toBeGreaterThan(20);
    expect(budget(frames, 8)).not.toBeNull();
    expect(budget(frames + 1, 8)).toBeNull();
    expect(longestFilm(plan, model, texts, 'auto', limitsOf(1))).toBe(0);
  });
});

describe('the text encoder', () => {
  const guaranteed = 128 * 2 ** 20;

  it('needs no binding that WebGPU does not guarantee: packed layers, rows of words, prompts together', () => {
    for (const [name, shape] of umt5Inventory(publishedText)) {
      const [columns = 0, inner = 1] = shape;
      // Of the table of words only rows are read.
      if (name === 'token_embedding.weight') continue;
      expect(packedBytes(columns, inner, 'f16').words, name).toBeLessThanOrEqual(guaranteed);
    }
    const rows = textBatchRows(publishedText);
    expect(rows).toBeGreaterThanOrEqual(config.text_encoder.max_len);
    expect(4 * rows * publishedText.ffn).toBeLessThanOrEqual(guaranteed);
  });

  it('has two layers on the GPU, and not its 5.7 billion parameters', () => {
    const layer = textLayerBytes(config.text_encoder, 'f16');
    const bytes = textStageBytes(config.text_encoder, 'f16', 230);
    expect(bytes).toBeGreaterThan(2 * layer);
    expect(bytes).toBeLessThan(2.2 * layer);
    expect(bytes).toBeLessThan(2 ** 30);
    expect(textStageBytes({ ...config.text_encoder, streamed: false }, 'f16', 230)).toBe(0);
  });
});
