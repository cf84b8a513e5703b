import { z } from 'zod';
import type { ModelChoices } from '../../render/modelReport.ts';
import type { Journal } from '../../storyboard/autosave.ts';

const key = 'shotweave.models';

/** Most that a LoRA may count, either way. */
export const strengthLimit = 2;

const schema = z.object({
  decoder: z.enum(['quality', 'speed']),
  loras: z.record(z.string(), z.number().min(-strengthLimit).max(strengthLimit)),
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
        return { decoder: 'quality', loras: {} };
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
