import { automationHandle } from '../scripts/lib/automationHandle.ts';
import type { ProgressEvent } from '../src/render/protocol.ts';
import { expect, test } from './fixtures.ts';
import type { StudioPage } from './StudioPage.ts';
import { filmTimeout, tinyStoryboard } from './storyboards.ts';
import { takesOnDisk } from './takesOnDisk.ts';

const pauseOf = ({ stage }: StudioPage) => stage.getByRole('button', { name: 'Pause generating' });
const resumeOf = ({ stage }: StudioPage) => stage.getByRole('button', { name: 'Go on generating' });
const stopOf = ({ stage }: StudioPage) => stage.getByRole('button', { name: 'Stop and keep' });
const goOnOf = ({ page }: StudioPage) => page.getByRole('button', { name: /^Go on at step / });

/** Listens to how far films in the making are. */
async function recordProgress({ page }: StudioPage): Promise<() => Promise<ProgressEvent[]>> {
  const automation = await automationHandle(page);
  const events = await automation.evaluateHandle((studio) => {
    const seen: ProgressEvent[] = [];
    studio.subscribe((event) => {
      if (event.type === 'progress') seen.push(event);
    });
    return seen;
  });
  return () => events.evaluate((seen) => seen);
}

async function reachStep(studio: StudioPage, step: number): Promise<void> {
  const number = `(${step}|${step + 1}|${step + 2}|${step + 3})`;
  await expect(studio.stage).toContainText(new RegExp(`step ${number}/`), { timeout: filmTimeout });
}

// One page, whose kernels compile once, and again after each reload.
test('a film is paused, stopped and gone on with, after a reload too, or started anew', async ({
  studio,
}) => {
  test.setTimeout(6 * filmTimeout);
  const { page, stage } = studio;
  await test.step('a paused film stands still until it goes on, and its clock with it', async () => {
    await studio.openStoryboard(tinyStoryboard({ steps: 60 }));
    const progress = await recordProgress(studio);
    // The second click comes where Cancel is by then.
    await studio.generateButton.dblclick();
    await reachStep(studio, 3);
    await pauseOf(studio).click();
    await expect(studio.stage).toContainText('Paused');
    // What was on its way ends; from then on there is nothing to hear of.
    let heard = -1;
    await expect
      .poll(
        async () => {
          const before = heard;
          heard = (await progress()).length;
          return heard === before;
        },
        // Longer than a step takes on a busy machine.
        { intervals: [2000] },
      )
      .toBe(true);
    const words = await studio.stage.innerText();
    await studio.page.waitForTimeout(3000);
    const paused = await progress();
    expect(paused).toHaveLength(heard);
    expect(await studio.stage.innerText()).toBe(words);
    await expect(studio.cancelButton).toBeEnabled();

    await resumeOf(studio).click();
    const last = paused.at(-1);
    await expect
      .poll(async () => (await progress()).at(-1)?.step ?? 0, { timeout: filmTimeout })
      .toBeGreaterThan((last?.step ?? 0) + 1);
    // The first word after the pause knows nothing of the three seconds and more that it took.
    const next = (await progress())[heard];
    expect((next?.secondsElapsed ?? 0) - (last?.secondsElapsed ?? 0)).toBeLessThan(2.9);

    await pauseOf(studio).click();
    await studio.cancelButton.click();
    await expect(studio.generateButton).toBeVisible();
    await expect(studio.alerts).toHaveCount(0);
  });

  await test.step('a film that was stopped goes on at its step, after a reload too, to the same film', async () => {
    await studio.openStoryboard(tinyStoryboard({ steps: 8 }));
    const whole = await studio.generate();
    // Enter is held a little too long.
    await studio.generateButton.focus();
    for (let i = 0; i < 3; i++) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await reachStep(studio, 3);
    await pauseOf(studio).click();
    await stopOf(studio).click();
    const label = await goOnOf(studio).innerText();
    const step = Number(/^Go on at step (\d) of 8$/.exec(label)?.[1]);
    expect(step).toBeGreaterThan(2);
    expect((await takesOnDisk(page)).files.checkpoints).toHaveLength(1);
    // Its stills stay, though there is a finished film.
    await expect(stage.getByRole('img', { name: 'The film as it forms' })).toBeVisible();
    await expect(studio.film).toBeHidden();
    await expect(studio.alerts).toHaveCount(0);

    // Another film has nothing behind it, this one still has.
    await studio.prompt(1).fill('a red bus in the rain');
    await expect(studio.generateButton).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect(goOnOf(studio)).toHaveText(label);

    await studio.reload();
    await expect(goOnOf(studio)).toHaveText(label);
    await expect(studio.film).toBeVisible();
    const progress = await recordProgress(studio);
    await goOnOf(studio).dblclick();
    await expect.poll(async () => (await takesOnDisk(page)).takes.length, { timeout: filmTimeout }).toBe(2);
    expect((await progress()).map((event) => event.step).at(0)).toBe(step - 1);
    expect((await takesOnDisk(page)).takes[0]?.record.framesSha256).toBe(whole.framesSha256);
    await expect(studio.generateButton).toBeVisible();
    expect((await takesOnDisk(page)).files.checkpoints).toEqual([]);
  });

  await test.step('a shot that was being made anew goes on as that, and a film that was stopped starts anew', async () => {
    await page.getByRole('button', { name: 'Re-roll shot 2' }).click();
    await reachStep(studio, 2);
    await stopOf(studio).click();
    await expect(goOnOf(studio)).toBeVisible();
    const rolled = await studio.storyboard();
    await studio.reload();
    await goOnOf(studio).click();
    await expect.poll(async () => (await takesOnDisk(page)).takes.length, { timeout: filmTimeout }).toBe(3);
    await expect(studio.generateButton).toBeVisible();
    expect(await studio.storyboard()).toEqual(rolled);
    const { takes } = await takesOnDisk(page);
    expect(takes[0]).toMatchObject({ rerolled: 'shot1', record: { storyboard: rolled } });

    await studio.generateButton.click();
    await reachStep(studio, 2);
    await stopOf(studio).click();
    await expect(goOnOf(studio)).toBeVisible();
    const progress = await recordProgress(studio);
    await page.getByRole('button', { name: 'Start anew' }).click();
    await expect.poll(async () => (await progress()).length, { timeout: filmTimeout }).toBeGreaterThan(0);
    expect((await progress())[0]?.step).toBe(0);
    await studio.cancelButton.click();
    await expect(studio.generateButton).toBeVisible();
    expect((await takesOnDisk(page)).files.checkpoints).toEqual([]);
    expect(studio.errors).toEqual([]);
  });

  await test.step('the takes that were deleted while their list was open leave it closed for the next one', async () => {
    const list = page.getByRole('list', { name: 'Takes' });
    await page.getByRole('button', { name: '3 takes' }).click();
    for (const number of [3, 2, 1]) await list.getByRole('button', { name: `Delete take ${number}` }).click();
    await expect(list).toBeHidden();
    await studio.number('Steps').fill('1');
    await studio.generateButton.click();
    await studio.prompt(1).focus();
    await expect(page.getByRole('button', { name: '1 take' })).toBeVisible({ timeout: filmTimeout });
    await expect(studio.generateButton).toBeVisible();
    await expect(list).toBeHidden();
    await expect(studio.prompt(1)).toBeFocused();
    expect(studio.errors).toEqual([]);
  });
});
