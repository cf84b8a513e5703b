import { expect, it } from 'vitest';
import { smallDit } from '../../engine/testing/randomCheckpoint.ts';
import type { ModelReport } from '../../render/modelReport.ts';
import { ownModelsOf } from './ownModels.ts';

const routed = { ...smallDit, groups: 8 };
const set = { title: '', missing: [], bytes: 0, decoder: null };
const lora = { entryId: '1', title: '', detail: '', bytes: 0 };

const report: ModelReport = {
  items: [
    { ...lora, kind: 'lora', name: 'few.safetensors' },
    { ...lora, kind: 'dit', name: 'wan.safetensors' },
  ],
  sets: [
    { ...set, model: 'wan2.1-1.3b', transformer: null },
    { ...set, model: 'wan2.1-custom', transformer: routed },
  ],
};

it('knows the transformers that there are, with their routers', () => {
  expect(ownModelsOf(report, {}).transformers).toEqual({ 'wan2.1-custom': routed });
});

it('knows of a LoRA only when it is there and counts', () => {
  expect(ownModelsOf(report, {}).lora).toBe(false);
  expect(ownModelsOf(report, { 'few.safetensors': 0 }).lora).toBe(false);
  expect(ownModelsOf(report, { 'wan.safetensors': 1, 'gone.safetensors': 1 }).lora).toBe(false);
  expect(ownModelsOf(report, { 'few.safetensors': -0.5 }).lora).toBe(true);
});
