import { Tabs } from 'radix-ui';
import { papercutWords } from '../papercutWords.ts';
import styles from './Words.module.css';

const firstGroup = papercutWords[0]?.name ?? '';

/** What the model knows, to be put into the prompt by a click. */
export function WordPalette({ onPhrase }: { onPhrase: (phrase: string) => void }) {
  return (
    <Tabs.Root className={styles.palette} defaultValue={firstGroup}>
      <Tabs.List className={styles.groups} aria-label="What the model knows">
        {papercutWords.map(({ name }) => (
          <Tabs.Trigger key={name} value={name} className={styles.group}>
            {name}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {papercutWords.map(({ name, phrases }) => (
        <Tabs.Content key={name} value={name} className={styles.chips} tabIndex={-1}>
          {phrases.map((phrase) => (
            <button
              key={phrase}
              type="button"
              className={styles.chip}
              aria-label={`Insert “${phrase}”`}
              // The caret stays in the prompt, so that several phrases go in one after the other.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onPhrase(phrase)}
            >
              {phrase}
            </button>
          ))}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
