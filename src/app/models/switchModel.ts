import type { StoryboardStore } from '../../storyboard/store.ts';
import { dismissNotice, notify } from '../notices.ts';
import { type ModelFields, modelFieldsOf, settingsFor, switchSentence } from './modelSettings.ts';

/** Gives the storyboard another model. `routed`: the model has a router of its own. */
export type SwitchModel = (model: string, routed: boolean) => void;

/**
 * Switches models so that nothing that the person set is lost: the settings that suit the new model come in one undo
 * step, a notice tells of them and offers the way back, and a model that the storyboard had before, in this visit,
 * comes back as it was set then.
 */
export function createModelSwitch(storyboard: StoryboardStore): SwitchModel {
  /** By storyboard and model. */
  const left = new Map<string, Required<ModelFields>>();
  const keyOf = (documentId: string, model: string) => `${documentId} ${model}`;
  let told: number | null = null;

  return (model, routed) => {
    const { document: before, documentId } = storyboard.getState();
    if (model === before.model) return;
    left.set(keyOf(documentId, before.model), modelFieldsOf(before));
    const known = left.get(keyOf(documentId, model));
    const fields = known ?? settingsFor(model, before, routed);
    const { editFilm, endStep, undo } = storyboard.actions;
    endStep();
    editFilm({ model, ...fields });
    endStep();
    const after = storyboard.getState().document;

    function takeBack(): void {
      const now = storyboard.getState();
      if (now.document === after) {
        undo();
      } else if (now.documentId === documentId) {
        // There were edits since, which stay.
        endStep();
        editFilm({ model: before.model, ...modelFieldsOf(before) });
        endStep();
      }
    }

    // Of several switches only the last can be taken back sensibly.
    if (told !== null) dismissNotice(told);
    told = notify('done', switchSentence(model, fields, known !== undefined), {
      label: 'Undo',
      take: takeBack,
      lapse: () => undefined,
    });
  };
}
