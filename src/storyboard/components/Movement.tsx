import { useShallow } from 'zustand/react/shallow';
import { cameraMoveOf } from '../../model/camera.ts';
import { subjectWays } from '../../model/ways.ts';
import { useModel } from '../studioModel.ts';
import { useStoryboard } from '../useStoryboard.ts';
import styles from './Inspector.module.css';

/** Says how a shot's prompt, or the look of the film, is read to move the camera and the subject. */
export function Movement({ index }: { index: number }) {
  const look = useStoryboard(({ document }) => document.look);
  const prompts = useStoryboard(useShallow(({ document }) => document.shots.map(({ prompt }) => prompt)));
  const { config } = useModel();
  const move = cameraMoveOf({ look, prompt: prompts[index] ?? '' }, config.camera);
  const subject = subjectWays(prompts, config)[index];
  const moves = [move && `the camera: ${move.name}`, subject && `the ${subject.name}: ${subject.way.name}`];
  const told = moves.filter(Boolean);
  if (told.length === 0) return null;
  return (
    <p
      className={styles.carried}
      title="What the shot shows goes along with these moves from its first noise on"
    >
      Moves {told.join(' · ')}
    </p>
  );
}
