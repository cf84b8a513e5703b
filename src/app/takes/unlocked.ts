import type { Storyboard } from '../../storyboard/document.ts';
import type { StoryboardStore } from '../../storyboard/store.ts';
import { notices, notify } from '../notices.ts';

/** Says when an edit has cost shots their locks, because the pictures that they kept no longer fit. */
export function tellUnlocked(storyboard: StoryboardStore): () => void {
  return storyboard.subscribe(({ document, documentId }, past) => {
    if (document === past.document || documentId !== past.documentId) return;
    const sentence = unlockedSentence(past.document, document);
    // A drag comes past the same length more than once.
    const said = notices.getState().shown.some((notice) => notice.sentence === sentence);
    if (sentence !== null && !said) notify('done', sentence);
  });
}

/** What to say of the locks that an edit took; null where it took none, or the person did so on purpose. */
export function unlockedSentence(before: Storyboard, after: Storyboard): string | null {
  const resized = before.width !== after.width || before.height !== after.height;
  const retimed = before.fps !== after.fps;
  const numbers = after.shots.flatMap((shot, index) => {
    const was = before.shots.find(({ id }) => id === shot.id);
    const cut = was?.seconds !== shot.seconds;
    return was?.locked && !shot.locked && (resized || retimed || cut) ? [index + 1] : [];
  });
  const [number] = numbers;
  if (number === undefined) return null;
  const which = numbers.length === 1 ? `Shot ${number} is` : `${numbers.length} shots are`;
  const pictures = numbers.length === 1 ? 'its pictures have' : 'their pictures have';
  return `${which} no longer locked, for ${pictures} another ${resized ? 'size' : 'length'}: undo to lock again.`;
}
