import { z } from 'zod';
import { ShotweaveError } from '../lib/errors.ts';
import { filmRecordSchema } from './database.ts';

/** A project as one file: a zip archive with a manifest, the storyboard, and the takes that were made of it. */
export const projectPaths = {
  manifest: 'manifest.json',
  storyboard: 'storyboard.json',
  still: 'still.webp',
  film: (number: number) => `takes/${number}/film.mp4`,
  latents: (number: number) => `takes/${number}/latents.bin`,
  router: (number: number) => `takes/${number}/router.bin`,
  takeStill: (number: number) => `takes/${number}/still.webp`,
} as const;

export const projectFormat = 'shotweave/project';
export const projectVersion = 1;

/** Limits of a project file that the studio opens. */
export const projectLimits = {
  takes: 500,
  /** Bytes of the manifest and of the storyboard. */
  textBytes: 64 * 2 ** 20,
  stillBytes: 8 * 2 ** 20,
  /** Entries of the archive, those that the studio does not know among them. */
  entries: 5000,
  /** Bytes that a byte of the file may become: films, latents and pictures hardly give at all. */
  inflation: 20,
} as const;

const number = z
  .int()
  .min(1)
  .max(1 << 30);

const takeSchema = z.object({
  number,
  /** Milliseconds since 1970. */
  made: z.number().min(0),
  pinned: z.boolean(),
  rerolled: z.string().max(64).nullable(),
  record: filmRecordSchema,
});

/** Where things lie follows from the number of the take: no path in a file is ever taken at its word. */
export const manifestSchema = z.object({
  format: z.literal(projectFormat),
  version: z.literal(projectVersion),
  /** Id of the document where the file was saved. */
  documentId: z.string().min(1).max(64),
  /** Milliseconds since 1970. */
  saved: z.number().min(0),
  /** Number of the take on the stage; null when none is. */
  shown: number.nullable(),
  takes: z
    .array(takeSchema)
    .max(projectLimits.takes)
    .refine((takes) => new Set(takes.map((take) => take.number)).size === takes.length),
});

export type ProjectManifest = z.infer<typeof manifestSchema>;

/** Reads a manifest. Throws `project-invalid` for what is no project, is of a newer version, or is damaged. */
export function parseManifest(json: string): ProjectManifest {
  const data = parseJson(json);
  if (typeof data !== 'object' || data === null || !('format' in data) || data.format !== projectFormat) {
    throw foreignProject();
  }
  if ('version' in data && typeof data.version === 'number' && data.version > projectVersion) {
    throw new ShotweaveError(
      'project-invalid',
      `This project file is of version ${data.version} and this Shotweave reads version ${projectVersion}: update Shotweave to open it.`,
    );
  }
  const { data: manifest, error } = manifestSchema.safeParse(data);
  if (!manifest) throw damagedProject(error);
  return manifest;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

export function foreignProject(cause?: unknown): ShotweaveError {
  return new ShotweaveError(
    'project-invalid',
    'This archive is not a Shotweave project: open a .shotweave file that was saved from the studio.',
    { cause },
  );
}

export function damagedProject(cause?: unknown): ShotweaveError {
  return new ShotweaveError(
    'project-invalid',
    'This project file is damaged or cut short: get the file again, or save the project again where it came from.',
    { cause },
  );
}

export function oversizedProject(): ShotweaveError {
  return new ShotweaveError(
    'project-invalid',
    'This project file would unpack to far more than a project holds, so nothing of it was opened: get the file again from whoever made it.',
  );
}

export function escapingProject(cause?: unknown): ShotweaveError {
  return new ShotweaveError(
    'project-invalid',
    'This project file holds names that lead out of it, so nothing of it was opened: get the file again from whoever made it.',
    { cause },
  );
}
