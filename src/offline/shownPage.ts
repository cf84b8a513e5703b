/** What is needed of a page that a service worker serves. */
export interface OpenPage {
  readonly url: string;
  focus(): Promise<unknown>;
}

/** A service worker's pages; `Clients` of the browser is one. */
export interface OpenPages {
  matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<readonly OpenPage[]>;
  openWindow(url: string): Promise<unknown>;
}

/**
 * Brings a page of the studio to the front: that of an address where it is open still, else the one that the person used
 * last, else a new one. Pages of other programs on the same server do not count.
 *
 * @param scope address that all pages of the studio begin with
 */
export async function bringToFront(pages: OpenPages, scope: string, address: unknown): Promise<void> {
  // Browsers list pages by when they were last used.
  const open = await pages.matchAll({ type: 'window', includeUncontrolled: true });
  const own = open.filter(({ url }) => url.startsWith(scope));
  const page = own.find(({ url }) => url === address) ?? own[0];
  await (page ? page.focus() : pages.openWindow(scope));
}
