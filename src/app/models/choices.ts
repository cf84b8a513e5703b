import { z } from 'zod';
import { type ModelChoices, usualChoices } from '../../render/modelReport.ts';
import type { Journal } from '../../storyboard/autosave.ts';

const key = 'shotweave.models';

/** Most that a LoRA may count, either way. */
export const strengthLimit = 2;

/** GiB of a GPU's memory that the person may name. */
export const leastMemory = 1;
export const mostMemory = 512;

const schema = z.object({
  decoder: z.enum(['quality', 'speed']),
  loras: z.record(z.string(), z.number().min(-strengthLimit).max(strengthLimit)),
  memory: z.number().min(leastMemory).max(mostMemory).nullable().default(null),
  weights: z.enum(['auto', 'f16', 'int8', 'int4']).default('auto'),
});

export interface ChoicesStore {
  load(): ModelChoices;
  save(choices: ModelChoices): void;
}

/** Keeps the person's choices about their models from visit to visit; what cannot be read is as if nothing was chosen. */
export function choicesIn(journal: Pick<Journal, 'getItem' | 'setItem'>): ChoicesStore {
  return {
    load() {
      try {
        return schema.parse(JSON.parse(journal.getItem(key) ?? ''));
      } catch {
        return usualChoices;
      }
    },
    save(choices) {
      try {
        journal.setItem(key, JSON.stringify(choices));
      } catch {
        // They hold for this visit.
      }
    },
  };
}
