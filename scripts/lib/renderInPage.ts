import type { JSHandle, Page } from 'playwright';
import type { Automation } from '../../src/app/automation.ts';
import type { FilmResult, ProgressEvent } from '../../src/render/protocol.ts';
import { type Storyboard, serializeStoryboard } from '../../src/storyboard/document.ts';
import { automationHandle } from './automationHandle.ts';
import type { HeadlessPage } from './headlessPage.ts';

/** What is told of a film; its storyboard and pictures stay in the page. */
export type FilmFacts = Omit<FilmResult, 'storyboard' | 'keptFrames'>;

/**
 * Makes a film with the studio's own page and writes it to a file.
 *
 * @param address of the served app
 * @throws an error whose message is the sentence that the studio would show
 */
export async function renderInPage(
  { page, failed }: HeadlessPage,
  address: string,
  storyboard: Storyboard,
  filmFile: string,
  onProgress: (event: ProgressEvent) => void,
): Promise<FilmFacts> {
  const work = async () => {
    await page.exposeFunction('reportProgress', onProgress);
    const studio = await openStudio(page, address);
    const downloaded = page.waitForEvent('download', { timeout: 0 });
    // Without a film there is no download, and the reason for that is the error to tell.
    downloaded.catch(() => undefined);
    const facts = await generate(studio, serializeStoryboard(storyboard));
    await (await downloaded).saveAs(filmFile);
    return facts;
  };
  return Promise.race([work(), failed]);
}

async function openStudio(page: Page, address: string): Promise<JSHandle<Automation>> {
  await page.goto(address);
  try {
    return await automationHandle(page);
  } catch (cause) {
    throw new Error('The studio did not start in the browser: see what its page says under "npm start".', {
      cause,
    });
  }
}

/**
 * Makes the film and has the page download it, as a person does: a file that never passes through memory whole.
 * What `evaluate` runs goes into the page as text, so it sees only its arguments and holds no named functions.
 */
async function generate(page: JSHandle<Automation>, json: string): Promise<FilmFacts> {
  const outcome = await page.evaluate(async (studio, document) => {
    const reportProgress: (event: ProgressEvent) => void = Reflect.get(window, 'reportProgress');
    const unsubscribe = studio.subscribe((event) => {
      if (event.type === 'progress') reportProgress(event);
    });
    try {
      await studio.openStoryboard(document);
      const { storyboard, keptFrames, ...facts } = await studio.generate();
      const link = window.document.createElement('a');
      link.href = URL.createObjectURL(await studio.readFilm(facts.fileName));
      link.download = facts.fileName;
      link.click();
      return { ok: true as const, facts };
    } catch (error) {
      return { ok: false as const, sentence: error instanceof Error ? error.message : String(error) };
    } finally {
      unsubscribe();
    }
  }, json);
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.facts;
}
