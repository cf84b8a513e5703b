import type { Page } from '@playwright/test';
import { automationHandle } from '../scripts/lib/automationHandle.ts';
import { type Storyboard, serializeStoryboard } from '../src/storyboard/document.ts';

/**
 * The studio's page. State that a test begins with is set up by calls to the page's automation object; what the test
 * is about is done as a person does it.
 */
export class StudioPage {
  readonly page: Page;
  /** Addresses of every request that the page made, blobs left out. */
  readonly requests: string[] = [];
  /** What the page's content security policy refused, as the browser words it. */
  readonly refusals: string[] = [];
  /** Errors that nothing in the page caught. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('request', (request) => {
      if (!request.url().startsWith('blob:')) this.requests.push(request.url());
    });
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) this.refusals.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  async open(): Promise<void> {
    await this.page.goto('/');
    await automationHandle(this.page);
  }

  async openStoryboard(storyboard: Storyboard): Promise<void> {
    const automation = await automationHandle(this.page);
    await automation.evaluate((studio, json) => studio.openStoryboard(json), serializeStoryboard(storyboard));
  }

  async loseDevice(): Promise<void> {
    const automation = await automationHandle(this.page);
    await automation.evaluate((studio) => studio.loseDevice());
  }
}
