import { carriesStoryboard, packStoryboard, unpackStoryboard } from '../storyboard/shareLink.ts';
import { storyboard } from '../storyboard/useStoryboard.ts';
import { notify, notifyError } from './notices.ts';
import { openDocument } from './openFile.ts';

/** State of an address that holds the page's own link, for the person to copy; it outlives a reload. */
const offered = 'link-offered';

/** Puts a link into the clipboard that opens this storyboard wherever the studio runs. */
export async function copyLink(): Promise<void> {
  try {
    const fragment = await packStoryboard(storyboard.getState().document);
    await offerLink(new URL(fragment, window.location.href).href, fragment);
  } catch (error) {
    notifyError(error);
  }
}

async function offerLink(link: string, fragment: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(link);
    notify('done', 'The link is copied. It holds the whole storyboard; nothing was sent anywhere.');
  } catch {
    // Browsers may keep the clipboard to themselves.
    window.history.replaceState(offered, '', fragment);
    notify('done', 'The browser does not let the page copy: take the link from the address bar.');
  }
}

/** Opens the storyboards that links bring, now and when the address changes. */
export async function followLinks(): Promise<void> {
  window.addEventListener('hashchange', openFromAddress);
  await openFromAddress();
}

async function openFromAddress(): Promise<void> {
  const { hash, pathname, search } = window.location;
  if (!carriesStoryboard(hash)) return;
  const isOwn = window.history.state === offered;
  // A reload must not open it once more.
  window.history.replaceState(null, '', pathname + search);
  if (isOwn) return;
  try {
    openDocument(await unpackStoryboard(hash));
  } catch (error) {
    notifyError(error);
  }
}
