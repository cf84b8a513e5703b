import { expect, it } from 'vitest';
import { memoryWords, weightWords } from './weightWords.ts';

it('says how weights are kept, and what a film takes of the memory', () => {
  expect(weightWords({ format: 'int4', storage: 'resident', bytes: 1 })).toBe('4-bit on the GPU');
  expect(weightWords({ format: 'f16', storage: 'streamed', bytes: 1 })).toBe(
    'f16 read from disk in every pass',
  );
  expect(memoryWords({ gpuBytes: 5.5 * 2 ** 30, roomBytes: 7.2 * 2 ** 30 })).toBe('5,632 of 7,373 MiB');
});
