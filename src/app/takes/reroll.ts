import type { FilmGeometry } from '../../plan/types.ts';
import type { Storyboard } from '../../storyboard/document.ts';
import type { Reroll } from '../../storyboard/reroll.ts';
import { rollSeed } from '../../storyboard/starter.ts';
import type { StoryboardStore } from '../../storyboard/store.ts';
import type { Film, Generation } from '../generation.ts';
import { notify, notifyError } from '../notices.ts';

export interface RerollParts {
  storyboard: StoryboardStore;
  generation: Pick<Generation, 'state' | 'generate'>;
  geometryOf(document: Storyboard): FilmGeometry;
  /** Whether the person asks for drafts. */
  isDraft(): boolean;
}

/** Draws a seed, which is one undo step, and makes with it what the person asked for. */
export function createReroll({ storyboard, generation, geometryOf, isDraft }: RerollParts): Reroll {
  const { editShot, editFilm, endStep } = storyboard.actions;

  function roll(refusal: string | null, edit: () => void, only?: string): void {
    const sentence = generation.state.getState().job
      ? 'A film is being made: wait for it, or stop it, to make something anew.'
      : refusal;
    if (sentence !== null) {
      notify('done', sentence);
      return;
    }
    endStep();
    edit();
    endStep();
    // The failure panel shows the error, which `generate` keeps in its state.
    generation.generate({ ...(only && { only }), ...(isDraft() && { draft: true }) }).catch(() => undefined);
  }

  return {
    shot(shotId) {
      const { document, documentId } = storyboard.getState();
      const { film } = generation.state.getState();
      try {
        const onStage = film?.documentId === documentId ? film : null;
        const refusal = rerollRefusal(document, geometryOf(document), onStage, shotId);
        roll(refusal, () => editShot(shotId, { seed: rollSeed() }), shotId);
      } catch (error) {
        notifyError(error);
      }
    },
    film() {
      const { shots } = storyboard.getState().document;
      const refusal = shots.every(({ seed, locked }) => locked || seed !== null)
        ? 'No shot follows the seed of the film: unlock one, or take its own seed away.'
        : null;
      roll(refusal, () => editFilm({ seed: rollSeed() }));
    },
  };
}

/** Why a shot cannot be made anew inside the film on the stage, as a sentence; null where it can. */
export function rerollRefusal(
  document: Storyboard,
  geometry: FilmGeometry,
  film: Pick<Film, 'record' | 'geometry'> | null,
  shotId: string,
): string | null {
  // The only shot is the film.
  if (document.shots.length === 1) return null;
  if (!film) return 'There is no film yet that the other shots could stay as: generate the film first.';
  const made = film.record.storyboard;
  if (made.width !== document.width || made.height !== document.height || made.model !== document.model) {
    return 'The film on the stage has another size, so its shots cannot stay: generate the whole film first.';
  }
  const latentFrames = new Map(film.geometry.shots.map(({ id, latent }) => [id, latent.count]));
  const other = geometry.shots.find(
    ({ id, latent }) => id !== shotId && latentFrames.get(id) !== latent.count,
  );
  if (!other) return null;
  const why = latentFrames.has(other.id) ? 'has another length in' : 'is not in';
  return `Shot ${other.index + 1} ${why} the film on the stage, so it cannot stay: generate the whole film first.`;
}
