import { Dialog } from 'radix-ui';
import { useStore } from 'zustand';
import { useStoryboard } from '../../storyboard/useStoryboard.ts';
import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { HeldNotices } from '../HeldNotices.tsx';
import { useStudio } from '../studio.ts';
import { AddModels } from './AddModels.tsx';
import { DecoderChoice } from './DecoderChoice.tsx';
import { EntryItem } from './EntryItem.tsx';
import { MemoryChoice } from './MemoryChoice.tsx';
import styles from './Models.module.css';
import { SetCard } from './SetCard.tsx';

/** The person's own models: what is there, what it is, and what is missing. */
export function ModelsDialog({ open, onOpen }: { open: boolean; onOpen: (open: boolean) => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpen}>
      <Dialog.Trigger asChild>
        <button type="button" className={controls.aside}>
          <Icon name="folder" size={14} />
          Models…
        </button>
      </Dialog.Trigger>
      <Dialog.Portal>
        {/* Not the dialog's own overlay: that locks scrolling through a style element, which the page's policy forbids. */}
        <div className={styles.veil} />
        <Dialog.Content className={styles.dialog} aria-describedby={undefined}>
          <HeldNotices />
          <header className={styles.header}>
            <Dialog.Title className={styles.title}>Models</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton icon="close" label="Close" />
            </Dialog.Close>
          </header>
          <p className={styles.lead}>
            Wan2.1 runs from the files that you have. They stay where they are and are read piece by piece;
            nothing leaves this machine.
          </p>
          <Shelves />
          <AddModels />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Shelves() {
  const { models } = useStudio();
  const { entries, report, looking } = useStore(models.state);
  const model = useStoryboard((state) => state.document.model);
  const shown = report.sets.filter(
    ({ model, missing }) => model !== 'wan2.1-custom' || missing.every(({ what }) => what !== 'transformer'),
  );
  // One list of what is missing is enough: for the storyboard's model, else for the first that is begun.
  const detailed =
    shown.find((set) => set.model === model) ??
    shown.find(({ missing }) => missing.every(({ what }) => what !== 'transformer')) ??
    shown[0];
  return (
    <div className={styles.shelves} aria-busy={looking}>
      <ul className={styles.sets} aria-label="Models that they make up">
        {shown.map((set) => (
          <SetCard key={set.model} set={set} detailed={set === detailed} />
        ))}
      </ul>
      <DecoderChoice />
      <MemoryChoice />
      {entries?.length === 0 && (
        <p className={styles.none}>No files of yours are here yet: choose a folder, files, or an address.</p>
      )}
      {entries && entries.length > 0 && (
        <ul className={styles.entries} aria-label="Your files">
          {entries.map((entry) => (
            <EntryItem
              key={entry.id}
              entry={entry}
              items={report.items.filter(({ entryId }) => entryId === entry.id)}
            />
          ))}
        </ul>
      )}
    </div>
  );
}
