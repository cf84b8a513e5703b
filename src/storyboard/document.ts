import { z } from 'zod';
import { ShotweaveError } from '../lib/errors.ts';
import { solver } from '../model/config.ts';
import { attentionModes } from '../plan/routing.ts';

/** Limits of a storyboard that the studio accepts. */
export const limits = {
  shots: 200,
  titleCharacters: 200,
  promptCharacters: 2000,
  pixels: { min: 32, max: 1920, step: 32 },
  fps: { min: 1, max: 60 },
  shotSeconds: { min: 0.1, max: 60 },
  steps: { min: 1, max: 100 },
  guidance: { min: 1, max: 20 },
  guidanceEvery: { min: 1, max: 8 },
  shift: { min: 0.1, max: 30 },
  /** Subjects may stand outside of the picture, to come in or because they went out. */
  place: { min: -0.5, max: 1.5 },
  placeScale: { min: 0.3, max: 3 },
  seed: { min: 0, max: 2 ** 32 - 1 },
} as const;

const text = z.string().max(limits.promptCharacters);
const pixels = z.int().min(limits.pixels.min).max(limits.pixels.max).multipleOf(limits.pixels.step);
const seed = z.int().min(limits.seed.min).max(limits.seed.max);

const point = z.looseObject({
  x: z.number().min(limits.place.min).max(limits.place.max),
  y: z.number().min(limits.place.min).max(limits.place.max),
});

/** Where a person has put a shot's subject, in shares of the picture's width and height. */
const placeSchema = z.looseObject({
  /** Its middle when the shot begins, */
  from: point,
  /** and when it ends. */
  to: point,
  /** Against the size that the prompt asks for. */
  scale: z.number().min(limits.placeScale.min).max(limits.placeScale.max),
});

const shotSchema = z.looseObject({
  id: z.string().min(1).max(64),
  prompt: text,
  seconds: z.number().min(limits.shotSeconds.min).max(limits.shotSeconds.max),
  /** null: the shot draws its noise from the film's seed. */
  seed: seed.nullable().default(null),
  locked: z.boolean().default(false),
  /** Left out: the subject is where the prompt has it. */
  place: placeSchema.optional(),
});

/** Version 1 of the storyboard document. Unknown fields are kept, not dropped. */
export const storyboardSchema = z.looseObject({
  format: z.literal('shotweave/storyboard'),
  version: z.literal(1),
  title: z.string().max(limits.titleCharacters).default(''),
  /** Put before the prompt of every shot. */
  look: text.default(''),
  negative: text.default(''),
  model: z.string().min(1).max(64).default('papercut'),
  width: pixels,
  height: pixels,
  fps: z.int().min(limits.fps.min).max(limits.fps.max),
  seed: seed.default(0),
  steps: z.int().min(limits.steps.min).max(limits.steps.max),
  guidance: z.number().min(limits.guidance.min).max(limits.guidance.max),
  /** Of so many steps the first has a pass with the negative prompt, whose effect the others keep; left out: as the model does. */
  guidanceEvery: z.int().min(limits.guidanceEvery.min).max(limits.guidanceEvery.max).optional(),
  attention: z.enum(attentionModes).default('moga'),
  /** How a step is taken; left out: as the model does. */
  sampler: solver.optional(),
  /** How far the noise levels lie towards the noisy end; left out: as the model has it. */
  shift: z.number().min(limits.shift.min).max(limits.shift.max).optional(),
  /** false: prompts are read as they stand, and no colour is carried over from earlier shots. */
  carry: z.boolean().optional(),
  shots: z
    .array(shotSchema)
    .min(1)
    .max(limits.shots)
    .refine((shots) => new Set(shots.map((shot) => shot.id)).size === shots.length, {
      message: 'two of its shots have the same id',
    }),
});

export type Storyboard = z.infer<typeof storyboardSchema>;
export type Shot = z.infer<typeof shotSchema>;
export type Place = z.infer<typeof placeSchema>;

/** Reads the text of a `.shotweave.json` file. Throws `storyboard-invalid` with a sentence that names the first fault. */
export function parseStoryboard(json: string): Storyboard {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (cause) {
    throw new ShotweaveError(
      'storyboard-invalid',
      'This file is not a storyboard, for it is not valid JSON: open a .shotweave.json file or a film exported from Shotweave.',
      { cause },
    );
  }
  return validateStoryboard(data);
}

/** Checks a value that claims to be a storyboard. */
export function validateStoryboard(data: unknown): Storyboard {
  if (
    typeof data !== 'object' ||
    data === null ||
    !('format' in data) ||
    data.format !== 'shotweave/storyboard'
  ) {
    throw new ShotweaveError(
      'storyboard-invalid',
      'This file comes from another program: open a .shotweave.json file or a film exported from Shotweave.',
    );
  }
  if ('version' in data && typeof data.version === 'number' && data.version > 1) {
    throw new ShotweaveError(
      'storyboard-invalid',
      `This storyboard is of version ${data.version} and this Shotweave reads version 1: update Shotweave to open it.`,
    );
  }
  const result = storyboardSchema.safeParse(data);
  if (!result.success) {
    throw new ShotweaveError('storyboard-invalid', describeFault(result.error), { cause: result.error });
  }
  return result.data;
}

/** What to call a storyboard. */
export function titleOf({ title }: Pick<Storyboard, 'title'>): string {
  return title.trim() || 'Untitled film';
}

/** The document as text, as saved to disk and into the film. */
export function serializeStoryboard(storyboard: Storyboard): string {
  return JSON.stringify(storyboard, null, 2);
}

/** What a field of the film must be, as the end of a sentence that starts with its name. */
const filmRules: Record<string, string> = {
  version: 'must be 1',
  title: `must be a text of up to ${limits.titleCharacters} characters`,
  look: `must be a text of up to ${limits.promptCharacters} characters`,
  negative: `must be a text of up to ${limits.promptCharacters} characters`,
  model: 'must be the name of a model',
  width: `must be a multiple of ${limits.pixels.step} from ${limits.pixels.min} to ${limits.pixels.max}`,
  height: `must be a multiple of ${limits.pixels.step} from ${limits.pixels.min} to ${limits.pixels.max}`,
  fps: `must be a whole number from ${limits.fps.min} to ${limits.fps.max}`,
  seed: `must be a whole number from ${limits.seed.min} to ${limits.seed.max}`,
  steps: `must be a whole number from ${limits.steps.min} to ${limits.steps.max}`,
  guidance: `must be a number from ${limits.guidance.min} to ${limits.guidance.max}`,
  guidanceEvery: `must be a whole number from ${limits.guidanceEvery.min} to ${limits.guidanceEvery.max}`,
  attention: `must be one of ${attentionModes.map((mode) => `"${mode}"`).join(', ')}`,
  sampler: `must be one of ${solver.options.map((name) => `"${name}"`).join(', ')}`,
  shift: `must be a number from ${limits.shift.min} to ${limits.shift.max}`,
  carry: 'must be true or false',
};

const shotRules: Record<string, string> = {
  id: 'must be a text of 1 to 64 characters',
  prompt: `must be a text of up to ${limits.promptCharacters} characters`,
  seconds: `must be a number from ${limits.shotSeconds.min} to ${limits.shotSeconds.max}`,
  seed: `must be null or a whole number from ${limits.seed.min} to ${limits.seed.max}`,
  locked: 'must be true or false',
  place: `must have "from" and "to" with "x" and "y" from ${limits.place.min} to ${limits.place.max}, and a "scale" from ${limits.placeScale.min} to ${limits.placeScale.max}`,
};

function describeFault(error: z.ZodError): string {
  return `This storyboard cannot be opened: ${describeIssue(error.issues[0])}; mend the file and open it again.`;
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  const [root, index, shotField] = issue?.path ?? [];
  if (root === 'shots' && typeof index === 'number') {
    const shot = `shot ${index + 1}`;
    const rule = shotRules[String(shotField)];
    return rule === undefined ? `${shot} is not a shot` : `the "${String(shotField)}" of ${shot} ${rule}`;
  }
  if (root === 'shots') {
    return issue?.code === 'custom'
      ? issue.message
      : `its "shots" must be a list of 1 to ${limits.shots} shots`;
  }
  return `its "${String(root)}" ${filmRules[String(root)] ?? 'is not usable'}`;
}
