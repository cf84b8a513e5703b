import type { ShotweaveError } from '../lib/errors.ts';
import type { FilmRecord } from '../library/database.ts';
import type { FilmGeometry } from '../plan/types.ts';
import type { AdapterReport, Estimate, ProgressEvent, RenderOptions } from '../render/protocol.ts';
import type { Storyboard } from '../storyboard/document.ts';

export type AdapterState =
  | { status: 'connecting' }
  | { status: 'ready'; report: AdapterReport }
  | { status: 'absent'; sentence: string };

/** Whether a film in the making goes on; a film that is being stopped keeps its steps, a cancelled one nothing. */
export type JobPhase = 'running' | 'paused' | 'stopping' | 'cancelling';

/** A film in the making. */
export interface Job {
  documentId: string;
  /** Of the storyboard that it is made from. */
  title: string;
  geometry: FilmGeometry;
  steps: number;
  progress: ProgressEvent | null;
  phase: JobPhase;
  /** Ids of the shots that stay as the last film has them. */
  held: ReadonlySet<string>;
}

/** A finished film. */
export interface Film {
  documentId: string;
  record: FilmRecord;
  geometry: FilmGeometry;
  file: File;
  /** Object URL of the file. */
  url: string;
}

/** A film that did not come about. */
export interface Failure {
  documentId: string;
  /** As it was to be made. */
  document: Storyboard;
  options: RenderOptions;
  error: ShotweaveError;
}

/** Seconds of computing. */
export interface Costs {
  final: number;
  draft: number;
}

export interface GenerationState {
  adapter: AdapterState;
  estimate: Estimate | null;
  /** What the estimate is of: the storyboard may have been edited since. */
  estimated: Storyboard | null;
  /** Seconds that each way to make the storyboard would take; null until they are known. */
  costs: Costs | null;
  job: Job | null;
  film: Film | null;
  /** Id of the document whose stopped film is on the stage, before its finished one. */
  halfway: string | null;
  /** Why the last film did not come about; a film that the person stopped is no failure. */
  failure: Failure | null;
}

/** Before anything is known. */
export const nothingYet: GenerationState = {
  adapter: { status: 'connecting' },
  estimate: null,
  estimated: null,
  costs: null,
  job: null,
  film: null,
  halfway: null,
  failure: null,
};

/** What the film and its draft cost, refused or not; null before the adapter was measured. */
export function costsOf(film: Estimate, draft: Estimate): Costs | null {
  if (film.renderSeconds === null || draft.renderSeconds === null) return null;
  return { final: film.renderSeconds, draft: draft.renderSeconds };
}

/** What an interrupted making of the storyboard has behind it, as far as it is known; null where there is nothing. */
export function unfinishedOf(
  { estimate, estimated }: Pick<GenerationState, 'estimate' | 'estimated'>,
  document: Storyboard,
): Pick<Estimate, 'stepsDone' | 'only'> | null {
  return estimate && estimated === document && estimate.stepsDone > 0 ? estimate : null;
}

/** The film in the making is on its way out. */
export function isEnding(job: Job | null): boolean {
  return job?.phase === 'stopping' || job?.phase === 'cancelling';
}

/** Shots that a making of the storyboard keeps: the locked ones, or all but the only one to be made anew. */
export function heldShots({ shots }: Storyboard, only: string | undefined): ReadonlySet<string> {
  const held = shots.filter(({ id, locked }) => (only === undefined ? locked : id !== only));
  return new Set(held.map(({ id }) => id));
}
