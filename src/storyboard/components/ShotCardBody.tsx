import { memo } from 'react';
import { StillPicture } from '../../film/player/StillPicture.tsx';
import controls from '../../ui/controls.module.css';
import { IconButton } from '../../ui/IconButton.tsx';
import type { Shot } from '../document.ts';
import { useReroll } from '../reroll.ts';
import { useReadBeside } from '../useCarried.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import { PromptEditor } from './PromptEditor.tsx';
import styles from './ShotCard.module.css';

const stillSize = { width: 92, height: 56 };

export interface ShotCardProps {
  shot: Shot;
  number: number;
  /** Real length after snapping. */
  seconds: number;
  /** The only shot of the film: it cannot go. */
  alone: boolean;
}

/** What a card says of its shot. Drawn anew when the shot changes, not when cards move. */
export const ShotCardBody = memo(function ShotCardBody({ shot, number, seconds, alone }: ShotCardProps) {
  const documentId = useStoryboard((state) => state.documentId);
  const origins = useStoryboard((state) => state.origins);
  const look = useStoryboard((state) => state.document.look);
  const carried = useReadBeside(number - 1);
  const reroll = useReroll();
  const { editShot, endStep, duplicateShot, removeShot } = storyboard.actions;
  return (
    <>
      <StillPicture
        documentId={documentId}
        shotId={shot.id}
        origins={origins}
        {...stillSize}
        className={styles.still}
      />
      <div className={styles.prompt}>
        {look.trim() !== '' && (
          <p className={styles.inherited} title={`The look of the film, read before this prompt: ${look}`}>
            {look}
          </p>
        )}
        <PromptEditor
          label={`Prompt of shot ${number}`}
          shotId={shot.id}
          placeholder="What is to be seen?"
          value={shot.prompt}
          look={look}
          carried={carried}
          onText={(prompt) => editShot(shot.id, { prompt })}
          onBlur={endStep}
        />
      </div>
      <span className={`${controls.numbers} ${styles.facts}`}>
        <span className={styles.number}>{number}</span> · {seconds.toFixed(2)} s
      </span>
      <span className={styles.actions} data-locked={shot.locked}>
        {reroll && (
          <IconButton
            icon="reroll"
            label={`Re-roll shot ${number}`}
            title="Make only this shot anew, from another seed (R)"
            onClick={() => reroll.shot(shot.id)}
          />
        )}
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
    </>
  );
});
