import { Popover } from 'radix-ui';
import { useState } from 'react';
import { useStore } from 'zustand';
import { formatBytes } from '../../library/room.ts';
import { mostUnpinned } from '../../library/takes.ts';
import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import { useGeneration, useStudio } from '../studio.ts';
import { CompareDialog } from './CompareDialog.tsx';
import { TakeItem } from './TakeItem.tsx';
import styles from './Takes.module.css';
import type { OpenTake, Take } from './takes.ts';

/** Opens the list of the storyboard's takes; there is none before there is a film. */
export function TakesButton() {
  const { takes: all } = useStudio();
  const takes = useStore(all.state, (state) => state.takes);
  // What was open while there were takes must not open by itself when there are some again.
  return takes.length === 0 ? null : <TakesPanel takes={takes} />;
}

function TakesPanel({ takes }: { takes: readonly Take[] }) {
  const { takes: all } = useStudio();
  const [compared, setCompared] = useState<readonly [OpenTake, OpenTake] | null>(null);
  const [open, setOpen] = useState(false);
  const shown = useGeneration((state) => state.film?.record.fileName);

  /** Opens a take beside the one on the stage; the older one is the first. */
  async function compare(take: Take): Promise<void> {
    const onStage = takes.find(({ record }) => record.fileName === shown);
    if (!onStage) return;
    const [first, second] = await Promise.all(
      [onStage, take].toSorted((a, b) => a.number - b.number).map(all.open),
    );
    setOpen(false);
    if (first && second) setCompared([first, second]);
  }

  return (
    <>
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger
          className={`${controls.button} ${styles.trigger}`}
          title="Films made of this storyboard"
        >
          <Icon name="takes" />
          {takes.length === 1 ? '1 take' : `${takes.length} takes`}
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            className={styles.panel}
            aria-label="Takes"
            side="top"
            align="end"
            sideOffset={8}
            collisionPadding={12}
            onInteractOutside={(event) => {
              if (event.target instanceof Element && isNotice(event.target)) event.preventDefault();
            }}
          >
            <ul className={styles.list} aria-label="Takes">
              {takes.map((take) => (
                <TakeItem
                  key={take.record.fileName}
                  take={take}
                  onStage={take.record.fileName === shown}
                  onCompare={() => void compare(take)}
                />
              ))}
            </ul>
            <p className={styles.rule}>
              {formatBytes(takes.reduce((sum, { bytes }) => sum + bytes, 0))} in all. The newest{' '}
              {mostUnpinned} are kept; a pinned take stays whatever happens.
            </p>
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      {compared && <CompareDialog pair={compared} onPair={setCompared} onClose={() => setCompared(null)} />}
    </>
  );
}

/** Notices offer back what was deleted here; one that was taken up is off the page when this is asked. */
function isNotice(target: Element): boolean {
  return !target.isConnected || target.closest('[aria-label="Notices"]') !== null;
}
