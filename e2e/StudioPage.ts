import { readFile } from 'node:fs/promises';
import type { Download, Locator, Page } from '@playwright/test';
import { automationHandle } from '../scripts/lib/automationHandle.ts';
import type { FilmResult, PreviewEvent, RenderOptions } from '../src/render/protocol.ts';
import { parseStoryboard, type Storyboard, serializeStoryboard } from '../src/storyboard/document.ts';

/** A file that a person has at hand. */
export interface FileAtHand {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/**
 * The studio's page. State that a test begins with is set up by calls to the page's automation object; what the test
 * is about is done as a person does it.
 */
export class StudioPage {
  readonly page: Page;
  /** Addresses of every request that the page and its worker made, blobs left out. */
  readonly requests: string[] = [];
  /** What the page's content security policy refused, as the browser words it. */
  readonly refusals: string[] = [];
  /** Errors that nothing in the page caught. */
  readonly errors: string[] = [];

  readonly storyboardPanel: Locator;
  readonly stage: Locator;
  readonly filmSettings: Locator;
  readonly timeline: Locator;
  readonly playhead: Locator;
  /** The player of the finished film. */
  readonly film: Locator;
  readonly progress: Locator;
  readonly generateButton: Locator;
  readonly cancelButton: Locator;
  readonly exportButton: Locator;
  /** Sentences about what went wrong, wherever on the page. */
  readonly alerts: Locator;

  constructor(page: Page) {
    this.page = page;
    this.storyboardPanel = page.getByRole('region', { name: 'Storyboard' });
    this.stage = page.getByRole('region', { name: 'Stage' });
    this.filmSettings = page.getByRole('region', { name: 'Film settings' });
    this.timeline = page.getByRole('region', { name: 'Timeline' });
    this.playhead = page.getByRole('slider', { name: 'Playhead' });
    this.film = this.stage.getByLabel('Film', { exact: true });
    this.progress = this.stage.getByRole('progressbar', { name: 'Film progress' });
    this.generateButton = page.getByRole('button', { name: 'Generate', exact: true });
    this.cancelButton = page.getByRole('button', { name: 'Cancel', exact: true });
    this.exportButton = page.getByRole('button', { name: 'Export MP4' });
    this.alerts = page.getByRole('alert');

    page.on('request', (request) => {
      if (!request.url().startsWith('blob:')) this.requests.push(request.url());
    });
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) this.refusals.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  /** @param address of the studio, from the browser's base address on */
  async open(address = '/'): Promise<void> {
    // No test can work the save dialog of the system; browsers that have none download.
    await this.page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    await this.page.goto(address);
    await automationHandle(this.page);
  }

  /** Opens the page anew, as the person's reload key does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await automationHandle(this.page);
  }

  async openStoryboard(storyboard: Storyboard): Promise<void> {
    const automation = await automationHandle(this.page);
    await automation.evaluate((studio, json) => studio.openStoryboard(json), serializeStoryboard(storyboard));
  }

  /** Makes the film of the storyboard as it stands and waits for it. */
  async generate(options: RenderOptions = {}): Promise<FilmResult> {
    const automation = await automationHandle(this.page);
    return automation.evaluate((studio, chosen) => studio.generate(chosen), options);
  }

  async loseDevice(): Promise<void> {
    const automation = await automationHandle(this.page);
    await automation.evaluate((studio) => studio.loseDevice());
  }

  /**
   * Listens to the pictures of films in the making.
   *
   * @returns what gives all of them so far
   */
  async recordPreviews(): Promise<() => Promise<PreviewEvent[]>> {
    const automation = await automationHandle(this.page);
    const previews = await automation.evaluateHandle((studio) => {
      const seen: PreviewEvent[] = [];
      studio.subscribe((event) => {
        if (event.type === 'preview') seen.push(event);
      });
      return seen;
    });
    return () => previews.evaluate((seen) => seen);
  }

  prompt(number: number): Locator {
    return this.page.getByRole('textbox', { name: `Prompt of shot ${number}`, exact: true });
  }

  /** Prompts of all shots, in the order of their cards. */
  prompts(): Promise<string[]> {
    const fields = this.page.getByRole('textbox', { name: /^Prompt of shot \d+$/ });
    return fields.evaluateAll((all: HTMLTextAreaElement[]) => all.map(({ value }) => value));
  }

  /** A number of the film or of the selected shot. */
  number(name: string): Locator {
    return this.page.getByRole('spinbutton', { name, exact: true });
  }

  /** Selects a shot and gives it a length. */
  async setSeconds(number: number, seconds: string): Promise<void> {
    await this.prompt(number).focus();
    await this.number(`Seconds of shot ${number}`).fill(seconds);
  }

  /** Drops a file from outside on the middle of the page. */
  async drop(file: FileAtHand): Promise<void> {
    await this.page.locator('body').drop({ files: file });
  }

  /** Opens a file through the Open menu. */
  async openFile(file: FileAtHand): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.chooseFromOpenMenu('Film, storyboard, project or shot list…');
    await (await chooser).setFiles(file);
  }

  /** The storyboard as the page saves it to a file: the whole of what the person has written. */
  async storyboard(): Promise<Storyboard> {
    const download = this.page.waitForEvent('download');
    await this.chooseFromOpenMenu('Save storyboard as a file');
    return parseStoryboard((await contentOf(await download)).toString('utf8'));
  }

  /** Exports the film on the stage. */
  async exportFilm(): Promise<FileAtHand> {
    const waiting = this.page.waitForEvent('download');
    await this.exportButton.click();
    const download = await waiting;
    return { name: download.suggestedFilename(), mimeType: 'video/mp4', buffer: await contentOf(download) };
  }

  private async chooseFromOpenMenu(item: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Open', exact: true }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }
}

async function contentOf(download: Download): Promise<Buffer> {
  return readFile(await download.path());
}
