import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { stills } from '../film/player/usePlayer.ts';
import { invariant } from '../lib/errors.ts';
import { loadDocument, loadFilmRecord, saveDocument } from '../library/database.ts';
import { deleteFilm, listFilms, readFilm } from '../library/films.ts';
import { saveStill } from '../library/projects.ts';
import { saveFilmRecord, saveTakeStill } from '../library/takes.ts';
import { latentFramesOf, planGeometry } from '../plan/geometry.ts';
import { createRenderClient } from '../render/client.ts';
import type { RenderWorkerApi } from '../render/protocol.ts';
import { type Autosave, autosave, clearJournal, readJournal } from '../storyboard/autosave.ts';
import { keepOrigins } from '../storyboard/keepOrigins.ts';
import type { Reroll } from '../storyboard/reroll.ts';
import { type StudioModel, studioModelOf } from '../storyboard/studioModel.ts';
import { storyboard } from '../storyboard/useStoryboard.ts';
import { browserNotifications, type DoneNotification, notifyWhenDone } from './doneNotification.ts';
import { followFilm } from './filmPictures.ts';
import { guide } from './firstFilm/guide.ts';
import { createGeneration, type Generation, type GenerationState } from './generation.ts';
import { createLibrary, type Library } from './library.ts';
import type { Models } from './models/models.ts';
import { startModels } from './models/startModels.ts';
import { createModelSwitch, type SwitchModel } from './models/switchModel.ts';
import { notify, notifyError } from './notices.ts';
import { pageJournal } from './pageJournal.ts';
import { followQuality, isDraft } from './quality.ts';
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
  // Nothing was kept from an earlier visit.
  if (!(await restoreDocument())) guide.begin();
  const client = createRenderClient();
  const generation = createGeneration({
    client,
    storyboard,
    stills,
    shelf: { readFilm, saveDocument, saveFilmRecord, makeRoom: (id) => makeRoom(id, deleteFilm) },
    geometryOf: (document) => planGeometry(document, studioModelOf(model, document.model).config),
    isDraft,
  });
  const saving = autosave(
    storyboard,
    ({ documentId, document }) => saveDocument(documentId, document),
    pageJournal(),
    window,
  );
  const notification = notifyWhenDone(generation, browserNotifications(pageJournal()));
  followFilm(generation, stills, async ({ documentId, record }, still) => {
    await Promise.all([saveStill(documentId, still), saveTakeStill(record.fileName, still)]);
    await takes.refresh();
  });
  keepEstimating(generation);
  const restage = () => restoreFilm(generation, model).catch(notifyError);
  void restage();
  storyboard.subscribe(({ documentId }, past) => {
    if (documentId !== past.documentId) void restage();
  });
  const library = createLibrary({
    storyboard,
    saving,
    generation,
    files: { listFilms, deleteFilm },
    restage,
  });
  const takes = createTakes({
    storyboard,
    generation,
    library,
    files: { listFilms, readFilm },
    geometryOf: (document) => planGeometry(document, studioModelOf(model, document.model).config),
  });
  storyboard.actions.measureBy((seconds, fps) => latentFramesOf(seconds, fps, model.config.ae.temporal));
  const reroll = createReroll({
    storyboard,
    generation,
    geometryOf: (document) => planGeometry(document, studioModelOf(model, document.model).config),
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

/** False when there was nothing to restore. */
async function restoreDocument(): Promise<boolean> {
  const journal = pageJournal();
  const unsaved = readJournal(journal);
  if (unsaved) {
    storyboard.actions.restore(unsaved.documentId, unsaved.document);
    await saveDocument(unsaved.documentId, unsaved.document)
      .then(() => clearJournal(journal))
      .catch(notifyError);
    return true;
  }
  const { value, problem } = await loadDocument();
  if (value) storyboard.actions.restore(value.id, value.storyboard);
  if (problem) notify('error', problem);
  return value !== null;
}

/** Puts the film of the storyboard at hand on the stage, if the library has one. */
async function restoreFilm(generation: Generation, builtIn: StudioModel): Promise<void> {
  const { documentId } = storyboard.getState();
  const { value: record, problem } = await loadFilmRecord(documentId);
  if (problem) notify('error', problem);
  if (!record) return;
  const file = await readFilm(record.fileName);
  const { job, film } = generation.state.getState();
  if (!file || job || film?.documentId === documentId) return;
  const geometry = planGeometry(record.storyboard, studioModelOf(builtIn, record.storyboard.model).config);
  generation.show({ documentId, record, geometry, file, url: URL.createObjectURL(file) });
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
