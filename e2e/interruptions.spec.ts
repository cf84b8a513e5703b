import type { Locator } from '@playwright/test';
import { expect, expectOneSentence, test } from './fixtures.ts';
import type { StudioPage } from './StudioPage.ts';
import { filmTimeout, tinyStoryboard } from './storyboards.ts';

/** Long enough to be still under way when the test has seen it begin. */
const manySteps = tinyStoryboard({ steps: 60 });

async function startAndDenoise(studio: StudioPage): Promise<void> {
  await studio.openStoryboard(manySteps);
  await studio.generateButton.click();
  await expect(studio.stage).toContainText(/step ([2-9]|\d\d)\/60/, { timeout: filmTimeout });
}

async function expectNoFilmButStoryboard(studio: StudioPage, generate: Locator): Promise<void> {
  await expect(generate).toBeEnabled();
  await expect(studio.progress).toBeHidden();
  await expect(studio.film).toBeHidden();
  await expect(studio.exportButton).toBeDisabled();
  expect(await studio.storyboard()).toEqual(manySteps);
}

async function expectGenerateWorks(studio: StudioPage): Promise<void> {
  await studio.number('Steps').fill('1');
  await studio.generateButton.click();
  await expect(studio.film).toBeVisible({ timeout: filmTimeout });
  await expect(studio.exportButton).toBeEnabled();
  await expect(studio.alerts).toHaveCount(0);
}

test('cancelling and losing the GPU in the middle of a step cost the film, not the storyboard', async ({
  studio,
}) => {
  test.setTimeout(4 * filmTimeout);
  await test.step('cancel goes back to editing', async () => {
    const previews = await studio.recordPreviews();
    await startAndDenoise(studio);
    await studio.cancelButton.click();
    await expectNoFilmButStoryboard(studio, studio.generateButton);
    await expect(studio.alerts).toHaveCount(0);
    // It stopped there, it did not run to the end.
    expect((await previews()).at(-1)?.step).toBeLessThan(manySteps.steps);

    await expectGenerateWorks(studio);
  });

  // Another storyboard, which has no film yet.
  await test.step('a GPU that is lost is told of, and the steps that are done are kept', async () => {
    await startAndDenoise(studio);
    await studio.loseDevice();
    await expectOneSentence(studio, /GPU was taken away.*make the film again/);
    const goOn = studio.page.getByRole('button', { name: /^Go on at step ([2-9]|\d\d) of 60$/ });
    await expectNoFilmButStoryboard(studio, goOn);

    await expectGenerateWorks(studio);
  });
});
