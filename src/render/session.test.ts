import { expect, it } from 'vitest';
import type { ExportJob } from '../film/export/exportJob.ts';
import { storyboardOf } from '../library/fixtures/records.ts';
import { RenderSession } from './session.ts';

it('says of a film that is asked for during an export what has the engine, and no longer after it', async () => {
  const session = new RenderSession(new URL('http://localhost/'));
  const ask = () => session.render(storyboardOf('Film'), {}, () => undefined);
  const job = { storyboard: storyboardOf('Film') } as ExportJob;
  // There is no GPU here, so both end soon.
  const exporting = session.exportFilm(job, () => undefined);
  await expect(ask()).rejects.toThrow(/^An export is being written.*wait for it or cancel it/);
  await expect(exporting).rejects.toMatchObject({ code: 'webgpu-unavailable' });
  const making = ask();
  await expect(ask()).rejects.toThrow(/^A film is being made already/);
  await expect(making).rejects.toMatchObject({ code: 'webgpu-unavailable' });
});
