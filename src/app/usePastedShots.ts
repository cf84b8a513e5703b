import { useEffect } from 'react';
import { limits } from '../storyboard/document.ts';
import { shotList } from '../storyboard/shotList.ts';
import { storyboard } from '../storyboard/useStoryboard.ts';
import { notify } from './notices.ts';

/** Lines that are pasted into an empty prompt become shots, one each; into words they are pasted as words. */
export function usePastedShots(): void {
  useEffect(() => {
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, []);
}

function onPaste(event: ClipboardEvent): void {
  const field = event.target;
  const shotId = field instanceof HTMLTextAreaElement ? field.dataset.promptOf : undefined;
  if (shotId === undefined || !replacesAll(field as HTMLTextAreaElement)) return;
  const lines = shotList(event.clipboardData?.getData('text/plain') ?? '');
  if (lines.length < 2) return;
  event.preventDefault();
  if (storyboard.actions.spreadShots(shotId, lines)) {
    notify('done', `Made ${lines.length} shots of the lines that you pasted. Undo takes them back.`);
  } else {
    notify(
      'error',
      `A film has at most ${limits.shots} shots, and these are ${lines.length} lines more: paste fewer of them.`,
    );
  }
}

/** Nothing of what the field says would stay. */
function replacesAll({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): boolean {
  return value.trim() === '' || (selectionStart === 0 && selectionEnd === value.length);
}
