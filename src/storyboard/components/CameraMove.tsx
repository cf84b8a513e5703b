import { cameraMoveOf } from '../../model/camera.ts';
import { useModel } from '../studioModel.ts';
import styles from './Inspector.module.css';

/** Says which move of the camera a shot's prompt, or the look of the film, is read as. */
export function CameraMove({ look, prompt }: { look: string; prompt: string }) {
  const move = cameraMoveOf({ look, prompt }, useModel().config.camera);
  if (!move) return null;
  return (
    <p
      className={styles.carried}
      title="What the shot shows goes along with this move from its first noise on"
    >
      Moves the camera: {move.name}
    </p>
  );
}
