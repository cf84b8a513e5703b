import type { StudioPage } from '../../e2e/StudioPage.ts';
import type { Storyboard } from '../../src/storyboard/document.ts';
import type { Flipbook } from './screenshots.ts';

/** What the states are made with. */
export interface StatesSetting {
  studio: StudioPage;
  /** Films for the pictures: one that is made, and a long one that is only edited. */
  film: Storyboard;
  long: Storyboard;
  flipbook: Flipbook;
}

/** A state that the studio is shown in. Each begins where the one before it has left the page. */
export interface State {
  name: string;
  /** Brings the page into the state. */
  enter(setting: StatesSetting): Promise<void>;
  /** Leaves it, for the next one. */
  leave?(setting: StatesSetting): Promise<void>;
}

/** Milliseconds that a film may take on a machine without a GPU. */
const filmTimeout = 20 * 60_000;

/** Filmstrips are drawn from the finished film for a while; nothing on the page says when that is over. */
const filmstripMilliseconds = 4000;

export const states: readonly State[] = [
  {
    name: 'empty',
    async enter({ studio }) {
      await studio.page.getByRole('radio', { name: /^Final, about/ }).waitFor();
    },
    async leave({ studio }) {
      await studio.page.getByRole('button', { name: 'Close the guide' }).click();
    },
  },
  {
    name: 'unknown-words',
    async enter({ studio }) {
      await studio.prompt(2).fill('close up of the sailbot in a thunderstorm at sunset');
      await studio.page.getByRole('list', { name: 'Unknown words' }).waitFor();
    },
  },
  {
    name: 'editing',
    async enter({ studio, long }) {
      const { page } = studio;
      await studio.openStoryboard(long);
      await page.getByRole('textbox', { name: 'Look of the film' }).fill('at dawn');
      await closeNotices(studio);
      await studio.prompt(3).focus();
      await page.getByRole('tab', { name: 'Camera' }).click();
      await page.getByRole('radio', { name: /^Final, about/ }).waitFor();
    },
  },
  {
    name: 'draft',
    async enter({ studio, film }) {
      const { page } = studio;
      await studio.openStoryboard(film);
      await closeNotices(studio);
      await page.getByRole('radio', { name: /^Draft/ }).check();
      await page.getByRole('button', { name: 'Generate draft' }).click();
      await finished(studio);
    },
    async leave({ studio }) {
      await studio.page.getByRole('radio', { name: /^Final/ }).check();
    },
  },
  {
    name: 'generating',
    async enter({ studio, film, flipbook }) {
      await studio.page.setViewportSize(flipbookSize);
      await studio.generateButton.click();
      for (let seen = 0; seen < film.steps - 2; ) {
        const step = await nextStep(studio, seen);
        // The same pace for every step, however long it took.
        if (step > 1) await flipbook.add();
        seen = step;
      }
    },
  },
  {
    name: 'paused',
    async enter({ studio }) {
      await studio.stage.getByRole('button', { name: 'Pause generating' }).click();
      await studio.stage.getByText('Paused').waitFor();
    },
    async leave({ studio }) {
      await studio.stage.getByRole('button', { name: 'Go on generating' }).click();
    },
  },
  {
    name: 'done',
    async enter({ studio, flipbook }) {
      const { page } = studio;
      await page.setViewportSize(flipbookSize);
      await finished(studio);
      await page.keyboard.press('Home');
      await playInto(flipbook, studio);
      await page.keyboard.press('Home');
    },
  },
  {
    name: 'placing',
    async enter({ studio }) {
      const { page } = studio;
      await page.getByRole('button', { name: /^Place it/ }).click();
      await page.getByRole('slider', { name: /^Start of the/ }).hover();
    },
    async leave({ studio }) {
      await studio.page.getByRole('button', { name: 'Done placing' }).click();
    },
  },
  {
    name: 'groups',
    async enter({ studio }) {
      const { page, stage } = studio;
      await stage.getByRole('button', { name: 'Groups', exact: true }).click();
      await page.getByRole('region', { name: 'Groups' }).waitFor();
      const box = await studio.film.boundingBox();
      if (box) await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.6);
      await page.waitForTimeout(1000);
    },
    async leave({ studio }) {
      await studio.page.getByRole('button', { name: 'Close the groups' }).click();
    },
  },
  {
    name: 'takes',
    async enter({ studio }) {
      const { page } = studio;
      await page.getByRole('button', { name: /^\d+ takes$/ }).click();
      await page
        .getByRole('button', { name: /^Compare/, disabled: false })
        .first()
        .click();
      await page.getByRole('dialog').waitFor();
      await page.waitForTimeout(1500);
    },
    leave: closeWithEscape,
  },
  {
    name: 'export',
    async enter({ studio }) {
      const { page } = studio;
      await page.getByRole('button', { name: 'More to export' }).click();
      await page.getByLabel('File name').waitFor();
    },
    leave: closeWithEscape,
  },
  {
    name: 'projects',
    async enter({ studio }) {
      const { page } = studio;
      await page.getByRole('button', { name: 'Projects', exact: true }).click();
      await page.getByRole('list', { name: 'Storyboards' }).waitFor();
      await page.waitForTimeout(500);
    },
    leave: closeWithEscape,
  },
  {
    name: 'wan',
    async enter({ studio }) {
      const { page, filmSettings } = studio;
      await filmSettings.getByRole('combobox', { name: 'Model' }).selectOption('wan2.1-1.3b');
      await page.keyboard.press('Escape');
      await filmSettings.getByRole('radio', { name: /^k-means/ }).check();
      await filmSettings.getByText('Advanced').click();
      await closeNotices(studio);
      await filmSettings.getByRole('textbox', { name: 'Negative prompt' }).scrollIntoViewIfNeeded();
    },
    async leave({ studio }) {
      const { filmSettings } = studio;
      await filmSettings.getByText('Advanced').click();
      await filmSettings.getByRole('combobox', { name: 'Model' }).selectOption('papercut');
      await closeNotices(studio);
    },
  },
  {
    name: 'failed',
    async enter({ studio }) {
      await studio.page.getByRole('textbox', { name: 'Look of the film' }).fill('at night');
      await studio.generateButton.click();
      await nextStep(studio, 1);
      await studio.loseDevice();
      await studio.alerts.waitFor();
    },
  },
];

/** Waits for a later step than the one that was seen last. */
async function nextStep({ page }: StudioPage, seen: number): Promise<number> {
  const found = await page.waitForFunction(
    (last) => {
      const step = Number(/step (\d+)\/\d+/.exec(document.body.innerText)?.[1] ?? 0);
      return step > last ? step : null;
    },
    seen,
    { timeout: filmTimeout, polling: 100 },
  );
  return Number(await found.jsonValue());
}

/** Of the window in the animated picture. */
const flipbookSize = { width: 1200, height: 750 };

/** Frames of the film from one picture of it playing to the next. */
const stride = 2;

async function playInto(flipbook: Flipbook, studio: StudioPage): Promise<void> {
  const { page, film, playhead } = studio;
  const last = Number(await playhead.getAttribute('aria-valuemax'));
  for (let frame = 0; frame + stride <= last; frame += stride) {
    await film.evaluate(
      (video: HTMLVideoElement) =>
        new Promise<void>((resolve) => {
          if (!video.seeking) resolve();
          else video.addEventListener('seeked', () => resolve(), { once: true });
        }),
    );
    await flipbook.add();
    for (let i = 0; i < stride; i++) await page.keyboard.press('ArrowRight');
  }
}

async function finished({ page, film }: StudioPage): Promise<void> {
  await film.waitFor({ timeout: filmTimeout });
  await page.waitForTimeout(filmstripMilliseconds);
}

async function closeNotices({ page }: StudioPage): Promise<void> {
  const close = page.getByRole('list', { name: 'Notices' }).getByRole('button', { name: /Close|Dismiss/ });
  while ((await close.count()) > 0) await close.first().click();
}

async function closeWithEscape({ studio }: StatesSetting): Promise<void> {
  await studio.page.keyboard.press('Escape');
}
