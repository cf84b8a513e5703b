import { Tabs } from 'radix-ui';
import { phrasesIn } from '../choosePhrase.ts';
import { papercutWords, type WordGroup } from '../papercutWords.ts';
import styles from './Words.module.css';

const firstGroup = papercutWords[0]?.name ?? '';

interface Palette {
  prompt: string;
  /** A phrase was chosen: it goes in, in the place of another of its group, or out. */
  onPhrase: (phrase: string, group: WordGroup) => void;
}

/** What the model knows, to be put into the prompt by a click, and taken out by another. */
export function WordPalette({ prompt, onPhrase }: Palette) {
  return (
    <Tabs.Root className={styles.palette} defaultValue={firstGroup}>
      <Tabs.List className={styles.groups} aria-label="What the model knows">
        {papercutWords.map((group) => (
          <Tabs.Trigger
            key={group.name}
            value={group.name}
            className={styles.group}
            data-said={phrasesIn(prompt, group).length > 0 || undefined}
          >
            {group.name}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {papercutWords.map((group) => (
        <Tabs.Content key={group.name} value={group.name} className={styles.chips} tabIndex={-1}>
          <Chips group={group} prompt={prompt} onPhrase={onPhrase} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

function Chips({ group, prompt, onPhrase }: Palette & { group: WordGroup }) {
  const said = phrasesIn(prompt, group).map(({ phrase }) => phrase);
  const title = (phrase: string) => {
    if (said.includes(phrase)) return 'Take it out of the prompt';
    return said[0] ? `Put it in the place of “${said[0]}”` : undefined;
  };
  return group.phrases.map((phrase) => (
    <button
      key={phrase}
      type="button"
      className={styles.chip}
      aria-label={`“${phrase}” in the prompt`}
      aria-pressed={said.includes(phrase)}
      title={title(phrase)}
      // The caret stays in the prompt, so that several phrases go in one after the other.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onPhrase(phrase, group)}
    >
      {phrase}
    </button>
  ));
}
