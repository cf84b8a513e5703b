import { useState } from 'react';
import { cameraMoveOf } from '../../model/camera.ts';
import controls from '../../ui/controls.module.css';
import { useModel } from '../studioModel.ts';
import { type SubjectPlace, usePlace } from '../usePlace.ts';
import { useStoryboard } from '../useStoryboard.ts';
import styles from './Inspector.module.css';
import { Placing } from './Placing.tsx';

/** Says how a shot's camera and subject move, and lets the person place the subject. */
export function Movement({ index }: { index: number }) {
  const look = useStoryboard(({ document }) => document.look);
  const prompt = useStoryboard(({ document }) => document.shots[index]?.prompt ?? '');
  const { config } = useModel();
  const subject = usePlace(index);
  const locked = useStoryboard(({ document }) => document.shots[index]?.locked === true);
  const [placing, setPlacing] = useState(false);
  const move = cameraMoveOf({ look, prompt }, config.camera);
  if (!move && !subject) return null;
  const told = [subject && wordsOf(subject), move && `the camera: ${move.name}`].filter(Boolean).join(' · ');
  return (
    <>
      <p className={styles.carried}>
        <span title="As the prompt has it, or as you placed the subject; the film follows from its first step on">
          {told.charAt(0).toUpperCase() + told.slice(1)}
        </span>
        {subject && !locked && (
          <button
            type="button"
            className={controls.aside}
            aria-expanded={placing}
            aria-label={placing ? 'Done placing' : `Place it: the ${subject.name}`}
            title={`Say where in the picture the ${subject.name} is when the shot begins, and when it ends`}
            onClick={() => setPlacing(!placing)}
          >
            {placing ? 'Done placing' : 'Place it'}
          </button>
        )}
      </p>
      {subject && placing && !locked && <Placing index={index} subject={subject} />}
    </>
  );
}

function wordsOf({ name, way, own }: SubjectPlace): string {
  if (own) return `the ${name} is where you put it`;
  return way === undefined ? `the ${name} stays` : `the ${name} goes ${way}`;
}
