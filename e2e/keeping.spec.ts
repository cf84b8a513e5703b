import { createHash } from 'node:crypto';
import type { FilmResult } from '../src/render/protocol.ts';
import { expect, expectOneSentence, test } from './fixtures.ts';
import { filmTimeout, tinyFilm, tinyStoryboard } from './storyboards.ts';

const allFrames = Array.from({ length: tinyFilm.frames }, (_, frame) => frame);

/** Hash of every kept frame. */
function hashes({ keptFrames }: FilmResult): string[] {
  return keptFrames.map(({ rgba }) =>
    createHash('sha256')
      .update(Uint8Array.from(Object.values(rgba)))
      .digest('hex'),
  );
}

test('a locked shot and the steps of a film that a reload interrupted are kept', async ({ studio }) => {
  test.setTimeout(6 * filmTimeout);
  await test.step('a locked shot stays as it was while the other is made anew', async () => {
    const document = tinyStoryboard();
    await studio.openStoryboard(document);
    const lock = studio.page.getByRole('button', { name: 'Lock shot 2' });
    await lock.click();
    await expect(lock).toHaveAttribute('aria-pressed', 'true');
    await studio.page.getByRole('button', { name: 'Generate unlocked (1)' }).click();
    // The engine's first word takes as long as its start.
    await studio.alerts.first().waitFor({ timeout: filmTimeout });
    await expectOneSentence(studio, /Shot 2 is locked, but the last film does not have it/);

    await lock.click();
    const first = hashes(await studio.generate({ keepFrames: allFrames }));
    await lock.click();
    await studio.prompt(1).fill('close up of a green car in the desert by day');
    const second = hashes(await studio.generate({ keepFrames: allFrames }));
    // Shot 1 is the first frame and one latent frame of four more.
    const cut = 5;
    expect(second.slice(cut)).toEqual(first.slice(cut));
    for (const [frame, hash] of second.slice(0, cut).entries()) expect(hash).not.toBe(first[frame]);

    const third = hashes(await studio.generate({ keepFrames: allFrames }));
    expect(third).toEqual(second);

    // A length that the kept frames fit keeps the lock; another one takes it, in the same undo step.
    const locks = async () => (await studio.storyboard()).shots.map(({ locked }) => locked);
    const notices = studio.page.getByRole('list', { name: 'Notices' });
    await studio.setSeconds(2, '0.33');
    expect(await locks()).toEqual([false, true]);
    await studio.setSeconds(2, '1');
    await expect(notices.getByText(/Shot 2 is no longer locked.*another length/)).toBeVisible();
    expect(await locks()).toEqual([false, false]);
    await expect(studio.generateButton).toBeVisible();
    await studio.page.keyboard.press('Control+z');
    expect(await locks()).toEqual([false, true]);
    await studio.filmSettings.getByLabel('Size').selectOption({ label: 'Small 224×128' });
    await expect(notices.getByText(/Shot 2 is no longer locked.*another size/)).toBeVisible();
    expect(await locks()).toEqual([false, false]);
  });

  await test.step('a film that a reload interrupted goes on from its last step to the same film', async () => {
    // So many that a fast machine is not done before the reload.
    const steps = 12;
    await studio.openStoryboard({ ...tinyStoryboard(), steps });
    const whole = await studio.generate();

    const previews = await studio.recordPreviews();
    await studio.generateButton.click();
    await expect
      .poll(async () => (await previews()).at(-1)?.step ?? 0, { timeout: filmTimeout, intervals: [50] })
      .toBeGreaterThan(1);
    await studio.reload();
    const after = await studio.recordPreviews();
    const resumed = await studio.generate();
    expect(resumed.framesSha256).toBe(whole.framesSha256);
    const made = (await after())
      .filter(({ stills }) => stills.every(({ final }) => !final))
      .map(({ step }) => step);
    expect(made.at(0)).toBeGreaterThan(1);
    expect(made.at(-1)).toBe(steps);
  });
});
