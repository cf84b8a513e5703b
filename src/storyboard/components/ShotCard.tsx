import { useSortable } from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { StillPicture } from '../../film/player/StillPicture.tsx';
import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import type { Shot } from '../document.ts';
import { selectedShot } from '../store.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import { PromptEditor } from './PromptEditor.tsx';
import styles from './ShotCard.module.css';

/** The person asked for less motion: cards jump aside instead of gliding. */
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');

const stillSize = { width: 92, height: 56 };

interface ShotCardProps {
  shot: Shot;
  number: number;
  /** Real length after snapping. */
  seconds: number;
  /** The only shot of the film: it cannot go. */
  alone: boolean;
}

export function ShotCard({ shot, number, seconds, alone }: ShotCardProps) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } =
    useSortable({ id: shot.id, ...(calm.matches && { transition: null }) });
  const selected = useStoryboard((state) => selectedShot(state).shot.id === shot.id);
  const documentId = useStoryboard((state) => state.documentId);
  const look = useStoryboard((state) => state.document.look);
  const { select, editShot, endStep, duplicateShot, removeShot } = storyboard.actions;

  return (
    <li
      ref={setNodeRef}
      className={styles.card}
      style={{ transform: CSS.Translate.toString(transform), transition }}
      data-selected={selected}
      data-dragging={isDragging}
      aria-current={selected}
      onFocus={() => select(shot.id)}
      onPointerDown={() => select(shot.id)}
    >
      <button
        type="button"
        ref={setActivatorNodeRef}
        className={styles.grip}
        {...attributes}
        {...listeners}
        aria-label={`Move shot ${number}`}
        title="Drag to reorder"
      >
        <Icon name="grip" size={14} />
      </button>
      <StillPicture documentId={documentId} shotId={shot.id} {...stillSize} className={styles.still} />
      <PromptEditor
        className={styles.prompt}
        label={`Prompt of shot ${number}`}
        placeholder="What is to be seen?"
        value={shot.prompt}
        look={look}
        onText={(prompt) => editShot(shot.id, { prompt })}
        onBlur={endStep}
      />
      <span className={`${controls.numbers} ${styles.facts}`}>
        <span className={styles.number}>{number}</span> · {seconds.toFixed(2)} s
      </span>
      <span className={styles.actions} data-locked={shot.locked}>
        <IconButton
          icon={shot.locked ? 'lock' : 'unlock'}
          label={`Lock shot ${number}`}
          title={
            shot.locked ? 'Make this shot anew with the others' : 'Keep this shot as it is in the last film'
          }
          aria-pressed={shot.locked}
          onClick={() => {
            editShot(shot.id, { locked: !shot.locked });
            endStep();
          }}
        />
        <IconButton icon="copy" label={`Duplicate shot ${number}`} onClick={() => duplicateShot(shot.id)} />
        <IconButton
          icon="trash"
          label={`Delete shot ${number}`}
          disabled={alone}
          onClick={() => removeShot(shot.id)}
        />
      </span>
    </li>
  );
}
