import type { ComponentProps } from 'react';
import type { Carried } from '../../model/carry.ts';
import { limits } from '../document.ts';
import { promptSegments } from '../promptSegments.ts';
import { useMarkedSpans, useUnread } from '../useMarkedSpans.ts';
import styles from './PromptEditor.module.css';

interface PromptEditorProps extends Omit<ComponentProps<'textarea'>, 'value' | 'onChange' | 'aria-label'> {
  /** Accessible name. */
  label: string;
  value: string;
  onText: (text: string) => void;
  /** What the model reads before this text. */
  look?: string;
  /** The colour that the model reads in it from another shot. */
  carried?: Carried | null;
  /** The shot whose prompt it is, if it is one's. */
  shotId?: string;
}

/**
 * A text field as tall as its text that underlines the words that the model has never seen and strikes out those
 * that it does not get to read.
 */
export function PromptEditor({
  label,
  value,
  onText,
  look = '',
  carried = null,
  shotId,
  className,
  ...rest
}: PromptEditorProps) {
  const spans = useMarkedSpans(value);
  const unread = useUnread(look, value, carried);
  return (
    <div className={[styles.editor, className].filter(Boolean).join(' ')}>
      <div className={styles.underlay} aria-hidden="true">
        {promptSegments(value, spans, unread.start).map(({ text, start, kind }) =>
          kind === 'unknown' ? (
            <mark key={start} className={styles.unknown}>
              {text}
            </mark>
          ) : (
            <span key={start} className={kind === 'unread' ? styles.unread : undefined}>
              {text}
            </span>
          ),
        )}
        {/* A line feed at the very end opens no line of its own. */}
        {'\u200b'}
      </div>
      <textarea
        className={styles.text}
        rows={1}
        spellCheck={false}
        maxLength={limits.promptCharacters}
        aria-label={label}
        data-prompt-of={shotId}
        aria-invalid={unread.start !== null}
        value={value}
        onChange={(event) => onText(event.target.value)}
        {...rest}
      />
    </div>
  );
}
