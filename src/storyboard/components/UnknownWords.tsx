import type { Shot } from '../document.ts';
import { type MarkedSpan, useMarkedSpans, useUnread } from '../useMarkedSpans.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import styles from './Words.module.css';

/** Says which words of the shot the model cannot make anything of, and offers others. */
export function UnknownWords({ shot }: { shot: Shot }) {
  const spans = useMarkedSpans(shot.prompt);
  const look = useStoryboard((state) => state.document.look);
  const { words: unread } = useUnread(look, shot.prompt);

  function replace({ start, end }: MarkedSpan, known: string): void {
    const { editShot, endStep } = storyboard.actions;
    endStep();
    editShot(shot.id, { prompt: shot.prompt.slice(0, start) + known + shot.prompt.slice(end) });
    endStep();
  }

  if (spans.length === 0 && unread === 0) return null;
  return (
    <div className={styles.unknown}>
      {spans.length > 0 && (
        <ul aria-label="Unknown words" className={styles.faults}>
          {spans.map((span) => (
            <li key={span.start} className={styles.fault}>
              <span>{span.word}: the model has never seen this word</span>
              {span.suggestion !== null && (
                <button type="button" onClick={() => replace(span, span.suggestion ?? span.word)}>
                  try {span.suggestion}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {unread > 0 && (
        <p className={styles.fault}>
          <span>
            Too long: the model does not read the last {unread === 1 ? 'word' : `${unread} words`}, struck out
            above.
          </span>
        </p>
      )}
    </div>
  );
}
