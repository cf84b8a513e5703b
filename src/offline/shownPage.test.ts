import { expect, it } from 'vitest';
import { bringToFront } from './shownPage.ts';

const scope = 'https://films.example/studio/';

/** What becomes of open pages when a notification that a page has sent is tapped. */
async function tapped(open: string[], address?: string): Promise<string[]> {
  const done: string[] = [];
  const pages = {
    matchAll: async () => open.map((url) => ({ url, focus: async () => done.push(`focus ${url}`) })),
    openWindow: async (url: string) => done.push(`open ${url}`),
  };
  await bringToFront(pages, scope, address);
  return done;
}

it('brings the page to the front that has sent the notification', async () => {
  expect(await tapped([scope, `${scope}?a`], `${scope}?a`)).toEqual([`focus ${scope}?a`]);
});

it('takes the page of the studio that was used last where that one has gone', async () => {
  const others = ['https://films.example/', `${scope}?b`, scope];
  expect(await tapped(others, `${scope}?a`)).toEqual([`focus ${scope}?b`]);
  expect(await tapped(others)).toEqual([`focus ${scope}?b`]);
});

it('opens the studio where none of its pages is open', async () => {
  expect(await tapped(['https://films.example/other/'], 'https://films.example/other/')).toEqual([
    `open ${scope}`,
  ]);
  expect(await tapped([])).toEqual([`open ${scope}`]);
});
