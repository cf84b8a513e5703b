import type { ComponentProps } from 'react';
import { limits } from '../document.ts';
import { type MarkedSpan, useMarkedSpans } from '../useMarkedSpans.ts';
import styles from './PromptEditor.module.css';

interface PromptEditorProps extends Omit<ComponentProps<'textarea'>, 'value' | 'onChange' | 'aria-label'> {
  /** Accessible name. */
  label: string;
  value: string;
  onText: (text: string) => void;
}

/** A text field as tall as its text that underlines the words that the model has never seen. */
export function PromptEditor({ label, value, onText, className, ...rest }: PromptEditorProps) {
  const spans = useMarkedSpans(value);
  return (
    <div className={[styles.editor, className].filter(Boolean).join(' ')}>
      <div className={styles.underlay} aria-hidden="true">
        {segments(value, spans).map(({ text, start, marked }) =>
          marked ? (
            <mark key={start} className={styles.unknown}>
              {text}
            </mark>
          ) : (
            <span key={start}>{text}</span>
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
        value={value}
        onChange={(event) => onText(event.target.value)}
        {...rest}
      />
    </div>
  );
}

function segments(text: string, spans: readonly MarkedSpan[]) {
  const parts: { text: string; start: number; marked: boolean }[] = [];
  let position = 0;
  for (const { start, end } of spans) {
    if (start > position) parts.push({ text: text.slice(position, start), start: position, marked: false });
    parts.push({ text: text.slice(start, end), start, marked: true });
    position = end;
  }
  if (position < text.length) parts.push({ text: text.slice(position), start: position, marked: false });
  return parts;
}
