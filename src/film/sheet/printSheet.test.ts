import { expect, it } from 'vitest';
import { planGeometry } from '../../plan/geometry.ts';
import { printSheet } from './printSheet.ts';

const geometry = planGeometry(
  {
    width: 320,
    height: 192,
    fps: 24,
    shots: [
      { id: 'a', seconds: 1 },
      { id: 'b', seconds: 2 },
    ],
  },
  { dit: { patch: [1, 2, 2], z: 16 }, ae: { spatial: 16, temporal: 4 } },
);

it('tells of every shot where it is in the film and how long', () => {
  const words = { title: 'A boat', look: 'at dawn', prompts: ['the sea', 'the harbour'] };
  const sheet = printSheet(geometry, words, ['blob:1', null]);
  expect(sheet).toMatchObject({
    title: 'A boat',
    look: 'at dawn',
    facts: '2 shots · 00:02:21 · 320×192 · 24 fps',
  });
  expect(sheet.rows).toEqual([
    {
      number: 1,
      prompt: 'the sea',
      still: 'blob:1',
      times: '00:00:00 – 00:00:21',
      length: '0.88 s, 21 frames',
    },
    {
      number: 2,
      prompt: 'the harbour',
      still: null,
      times: '00:00:21 – 00:02:21',
      length: '2.00 s, 48 frames',
    },
  ]);
});
