import type { Carried } from '../../model/carry.ts';
import { mendedText } from '../mendedText.ts';
import { type MarkedSpan, useMarkedSpans, useUnread } from '../useMarkedSpans.ts';
import { storyboard } from '../useStoryboard.ts';
import styles from './Words.module.css';

interface UnknownWordsProps {
  id?: string;
  /** What the text is, as in "Unknown words of the look". */
  of?: string;
  text: string;
  /** What the model reads before the text. */
  look?: string;
  /** The colour that the model reads in it from another shot. */
  carried?: Carried | null;
  onText: (text: string) => void;
}

/** Says which words of a text the model cannot make anything of, and offers others. */
export function UnknownWords({ id, of, text, look = '', carried = null, onText }: UnknownWordsProps) {
  const spans = useMarkedSpans(text);
  const { words: unread } = useUnread(look, text, carried);

  if (spans.length === 0 && unread === 0) return null;
  return (
    <div id={id} className={styles.unknown}>
      {spans.length > 0 && (
        <ul
          aria-label={of === undefined ? 'Unknown words' : `Unknown words of ${of}`}
          className={styles.faults}
        >
          {spans.map((span) => (
            <li key={span.start} className={styles.fault}>
              <span>{span.word}: the model has never seen this word</span>
              <Suggestion text={text} span={span} onText={onText} />
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

function Suggestion({
  text,
  span,
  onText,
}: Pick<UnknownWordsProps, 'text' | 'onText'> & { span: MarkedSpan }) {
  const mended = mendedText(text, span);
  if (mended === null) return null;

  function take(known: string): void {
    const { endStep } = storyboard.actions;
    endStep();
    onText(known);
    endStep();
  }

  return (
    <button type="button" onClick={() => take(mended)}>
      try {span.suggestion}
    </button>
  );
}
