import { createDownloader } from '../../library/download/downloader.ts';
import { openDownload } from '../../library/modelDownloads.ts';
import {
  askPermission,
  filesOf,
  listModels,
  needsPermission,
  removeModel,
  saveModel,
} from '../../library/models.ts';
import { estimateRoom } from '../../library/room.ts';
import type { RenderWorkerApi } from '../../render/protocol.ts';
import { pageJournal } from '../pageJournal.ts';
import { choicesIn } from './choices.ts';
import { createModels, type Models } from './models.ts';

/** Opens the person's own models; `onReport` is told whenever what there is of them has changed. */
export function startModels(client: Pick<RenderWorkerApi, 'takeModelFiles'>, onReport: () => void): Models {
  const models = createModels({
    client,
    shelf: {
      listModels,
      saveModel,
      removeModel,
      filesOf,
      needsPermission,
      askPermission,
      downloadedBytes: async (id) => (await openDownload(id))?.size ?? 0,
    },
    downloader: createDownloader(),
    choices: choicesIn(pageJournal()),
    estimateRoom,
  });
  models.state.subscribe(({ report }, past) => {
    if (report !== past.report) onReport();
  });
  void models.start();
  return models;
}
