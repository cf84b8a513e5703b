import { Dialog } from 'radix-ui';
import { type KeyboardEvent, useRef } from 'react';
import { useStore } from 'zustand';
import { selectedShot } from '../../storyboard/store.ts';
import { useStoryboard } from '../../storyboard/useStoryboard.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { HeldNotices } from '../HeldNotices.tsx';
import { useGeneration, useStudio } from '../studio.ts';
import styles from './Compare.module.css';
import { ComparePlayer } from './ComparePlayer.tsx';
import { CompareTransport } from './CompareTransport.tsx';
import type { OpenTake, Take } from './takes.ts';
import { usePair } from './usePair.ts';

type Pair = readonly [OpenTake, OpenTake];

interface CompareDialogProps {
  pair: Pair;
  onPair: (pair: Pair) => void;
  onClose: () => void;
}

/** Two takes side by side under one playhead; one of them may be picked for the stage. */
export function CompareDialog({ pair, onPair, onClose }: CompareDialogProps) {
  const { takes } = useStudio();
  const choices = useStore(takes.state, (state) => state.takes);
  const making = useGeneration(({ job }) => job !== null);
  const selectedId = useStoryboard((state) => selectedShot(state).shot.id);
  const content = useRef<HTMLDivElement>(null);
  const [left, right] = pair;
  const { playhead, videos, loopShot } = usePair(left, right);

  function pick({ take }: OpenTake): void {
    onClose();
    void takes.show(take.record.fileName);
  }

  async function choose(place: 0 | 1, take: Take): Promise<void> {
    const opened = await takes.open(take);
    if (opened) onPair(place === 0 ? [opened, right] : [left, opened]);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    command();
  }

  function commandOf({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): (() => void) | undefined {
    const { toggle, step, seek } = playhead.actions;
    if (ctrlKey || metaKey || altKey || target instanceof HTMLSelectElement) return undefined;
    if (key === ' ') return target instanceof HTMLButtonElement ? undefined : toggle;
    const commands: Record<string, () => void> = {
      1: () => pick(left),
      2: () => pick(right),
      ArrowLeft: () => step(-1),
      ArrowRight: () => step(1),
      Home: () => seek(0),
      End: () => seek(playhead.getState().frames - 1),
      l: () => loopShot(playhead.getState().range ? null : selectedId),
    };
    return commands[key];
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Content
          ref={content}
          className={styles.dialog}
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            content.current?.focus();
          }}
        >
          <HeldNotices />
          <header className={styles.header}>
            <Dialog.Title className={styles.title}>Compare takes</Dialog.Title>
            <p className={styles.hint}>
              <kbd className={styles.key}>1</kbd> <kbd className={styles.key}>2</kbd> pick ·{' '}
              <kbd className={styles.key}>Space</kbd> plays · <kbd className={styles.key}>L</kbd> loops the
              selected shot · <kbd className={styles.key}>Esc</kbd> leaves
            </p>
            <Dialog.Close asChild>
              <IconButton icon="close" label="Close" title="Close (Esc)" />
            </Dialog.Close>
          </header>
          <div className={styles.pair}>
            {([left, right] as const).map((shown, index) => (
              <ComparePlayer
                // Each side stays the same player when it gets another take.
                key={index === 0 ? 'left' : 'right'}
                place={index + 1}
                shown={shown}
                leading={left}
                playhead={playhead}
                video={videos[index === 0 ? 0 : 1]}
                choices={choices}
                onChoose={(take) => void choose(index === 0 ? 0 : 1, take)}
                pickable={!making}
                onPick={() => pick(shown)}
              />
            ))}
          </div>
          <CompareTransport playhead={playhead} geometry={left.geometry} onLoop={loopShot} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
