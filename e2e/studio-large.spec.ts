import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { StudioPage } from './StudioPage.ts';
import { tinyStoryboard } from './storyboards.ts';

declare global {
  interface Window {
    /** What the page did since the counts were last set to nought. */
    work: { commits: number; pictures: number };
  }
}

const shots = Array.from({ length: 40 }, (_, index) => ({
  id: `shot${index}`,
  prompt: `wide shot of a red sailboat on the sea, part ${index + 1}`,
  seconds: 1 + (index % 3) / 2,
  seed: null,
  locked: false,
}));

/** Counts React's commits, through the door that its developer tools use, and the canvases that are drawn. */
function countWork(): void {
  const work = { commits: 0, pictures: 0 };
  window.work = work;
  Reflect.set(window, '__REACT_DEVTOOLS_GLOBAL_HOOK__', {
    supportsFiber: true,
    isDisabled: false,
    renderers: new Map(),
    checkDCE: () => undefined,
    inject: () => 1,
    onCommitFiberRoot: () => {
      work.commits += 1;
    },
    onPostCommitFiberRoot: () => undefined,
    onCommitFiberUnmount: () => undefined,
  });
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...area) {
    work.pictures += 1;
    clearRect.apply(this, area);
  };
}

async function workOf(page: Page, act: () => Promise<void>): Promise<Window['work']> {
  await page.evaluate(() => Object.assign(window.work, { commits: 0, pictures: 0 }));
  await act();
  return page.evaluate(() => ({ ...window.work }));
}

interface Point {
  x: number;
  y: number;
}

const moves = 60;

/** Presses, moves from one place to the other in so many moves, and lets go. */
async function drag({ mouse }: Page, from: Point, to: Point): Promise<void> {
  await mouse.move(from.x, from.y);
  await mouse.down();
  await mouse.move(to.x, to.y, { steps: moves });
  await mouse.up();
}

test('forty shots: scrubbing and dragging draw no clip anew, and an edit draws one', async ({ page }) => {
  await page.addInitScript(countWork);
  const studio = new StudioPage(page);
  await studio.open();
  await studio.openStoryboard(tinyStoryboard({ look: 'at dawn', shots }));
  const clips = page.getByRole('list', { name: 'Clips' }).getByRole('listitem');
  await expect(clips).toHaveCount(40);
  await expect(studio.storyboardPanel.getByRole('listitem')).toHaveCount(40);
  // The estimates come in, and nothing else is to be counted.
  await expect(page.getByRole('radio', { name: /^Final, about/ })).toBeVisible();

  const centreOf = async (index: number): Promise<Point> => {
    const box = await clips.nth(index).boundingBox();
    return { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + 40 };
  };
  const [first, sixth, last] = await Promise.all([centreOf(0), centreOf(5), centreOf(38)]);

  const scrubbing = await workOf(page, () =>
    drag(page, { x: first.x, y: first.y - 52 }, { x: last.x, y: last.y - 52 }),
  );
  expect(scrubbing.pictures).toBe(0);
  expect(scrubbing.commits).toBeGreaterThan(10);
  expect(scrubbing.commits).toBeLessThanOrEqual(moves + 10);

  // A dragged clip is drawn past React, which hears of each place that it passes.
  const moving = await workOf(page, () => drag(page, sixth, last));
  expect((await studio.storyboard()).shots[38]?.id).toBe('shot5');
  expect(moving.commits).toBeLessThanOrEqual(38 - 5 + 15);

  // Stills and numbers stay with the cards that did not change: typing draws at most the picture of one.
  await studio.prompt(2).focus();
  const typing = await workOf(page, () => page.keyboard.type(' at night'));
  expect(typing.pictures).toBeLessThanOrEqual(' at night'.length * 2);
});
