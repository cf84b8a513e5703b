import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { stills } from '../film/player/usePlayer.ts';
import { invariant } from '../lib/errors.ts';
import { seenVersions } from '../library/database.ts';
import { deleteFilm, listFilms, readFilm } from '../library/films.ts';
import { saveStill } from '../library/projects.ts';
import { saveFilmRecord, saveTakeStill } from '../library/takes.ts';
import { latentFramesOf, planGeometry } from '../plan/geometry.ts';
import { createRenderClient } from '../render/client.ts';
import type { RenderWorkerApi } from '../render/protocol.ts';
import { type Autosave, autosave } from '../storyboard/autosave.ts';
import type { Storyboard } from '../storyboard/document.ts';
import { keepOrigins } from '../storyboard/keepOrigins.ts';
import type { Reroll } from '../storyboard/reroll.ts';
import { type StudioModel, studioModelOf } from '../storyboard/studioModel.ts';
import { unsavedSlot } from '../storyboard/unsaved.ts';
import { storyboard } from '../storyboard/useStoryboard.ts';
import { browserNotifications, type DoneNotification, notifyWhenDone } from './doneNotification.ts';
import { followFilm } from './filmPictures.ts';
import { guide } from './firstFilm/guide.ts';
import { createGeneration, type Generation, type GenerationState } from './generation.ts';
import { keepStaged } from './keepStaged.ts';
import { createLibrary, type Library } from './library.ts';
import type { Models } from './models/models.ts';
import { startModels } from './models/startModels.ts';
import { createModelSwitch, type SwitchModel } from './models/switchModel.ts';
import { createOtherTabs } from './otherTabs.ts';
import { pageJournal } from './pageJournal.ts';
import { followQuality, isDraft } from './quality.ts';
import { restoreDocument } from './restoreDocument.ts';
import { followLinks } from './share.ts';
import { makeRoom } from './takes/makeRoom.ts';
import { createReroll } from './takes/reroll.ts';
import { createTakes, type Takes } from './takes/takes.ts';
import { tellUnlocked } from './takes/unlocked.ts';

/** What runs behind the page. */
export interface Studio {
  model: StudioModel;
  client: RenderWorkerApi;
  generation: Generation;
  saving: Autosave;
  notification: DoneNotification;
  library: Library;
  models: Models;
  switchModel: SwitchModel;
  takes: Takes;
  reroll: Reroll;
}

/** Rest after an edit before the film is estimated again, in milliseconds. */
const estimateRest = 250;

/** Restores what the person was working on, and starts the engine, the autosave and the estimates. */
export async function startStudio(model: StudioModel): Promise<Studio> {
  keepOrigins(storyboard, pageJournal());
  const tabs = createOtherTabs(new BroadcastChannel('shotweave.saved'));
  const restored = await restoreDocument(storyboard, pageJournal(), tabs);
  if (!restored.found) guide.begin();
  const client = createRenderClient();
  const geometryOf = (document: Storyboard) =>
    planGeometry(document, studioModelOf(model, document.model).config);
  const generation = createGeneration({
    client,
    storyboard,
    stills,
    shelf: {
      readFilm,
      saveFilmRecord,
      makeRoom: (id) => makeRoom(id, deleteFilm),
      // Where another tab has written it since it is there, and the autosave keeps what is new here.
      saveDocument: async (id, document) => void (await tabs.save(id, document)),
    },
    geometryOf,
    isDraft,
  });
  const saving = autosave(
    storyboard,
    tabs.saveOrPart,
    unsavedSlot(pageJournal(), restored.slot ?? crypto.randomUUID(), seenVersions),
    window,
    restored.slot === null ? storyboard.getState().document : null,
  );
  tabs.follow(saving);
  const notification = notifyWhenDone(generation, browserNotifications(pageJournal()));
  followFilm(generation, stills, async ({ documentId, record }, still) => {
    await Promise.all([saveStill(documentId, still), saveTakeStill(record.fileName, still)]);
    await takes.refresh();
  });
  keepEstimating(generation);
  const restage = keepStaged({ storyboard, generation, stills, readFilm, geometryOf });
  const library = createLibrary({
    storyboard,
    saving,
    tabs,
    generation,
    files: { listFilms, deleteFilm },
    restage,
  });
  const takes = createTakes({
    storyboard,
    generation,
    library,
    files: { listFilms, readFilm },
    geometryOf,
  });
  storyboard.actions.measureBy((seconds, fps) => latentFramesOf(seconds, fps, model.config.ae.temporal));
  const reroll = createReroll({
    storyboard,
    generation,
    geometryOf,
    isDraft,
  });
  tellUnlocked(storyboard);
  const models = startModels(client, () => generation.estimate(storyboard.getState().document));
  const switchModel = createModelSwitch(storyboard);
  await followLinks();
  generation.connect();
  return { model, client, generation, saving, notification, library, models, switchModel, takes, reroll };
}

export const StudioContext = createContext<Studio | null>(null);

export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  invariant(studio, 'a component of the studio stands outside StudioContext');
  return studio;
}

export function useGeneration<T>(select: (state: GenerationState) => T): T {
  return useStore(useStudio().generation.state, select);
}

function keepEstimating(generation: Generation): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => generation.estimate(storyboard.getState().document), estimateRest);
  };
  storyboard.subscribe(({ document }, past) => {
    if (document !== past.document) soon();
  });
  followQuality(soon);
  generation.state.subscribe(({ adapter, film, job }, past) => {
    // A finished film tells how fast this adapter really is, an interrupted one has steps behind it.
    if (adapter !== past.adapter || film !== past.film || (past.job && !job)) soon();
  });
}
