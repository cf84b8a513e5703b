import controls from '../../ui/controls.module.css';
import { sizesOf } from '../sizes.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import styles from './Inspector.module.css';

const rates = [12, 16, 24, 30];

/** Size of the picture and frame rate; a storyboard's own values stay on offer when they are none of the presets. */
export function SizeField() {
  const width = useStoryboard((state) => state.document.width);
  const height = useStoryboard((state) => state.document.height);
  const fps = useStoryboard((state) => state.document.fps);
  const sizes = sizesOf(useStoryboard((state) => state.document.model));
  const { editFilm, endStep } = storyboard.actions;
  const preset = sizes.some((size) => size.width === width && size.height === height);
  const offered = preset ? sizes : [{ name: 'Custom', width, height }, ...sizes];
  const offeredRates = rates.includes(fps) ? rates : [fps, ...rates];

  function chooseSize(key: string): void {
    const size = offered.find((candidate) => sizeKey(candidate) === key);
    if (!size) return;
    editFilm({ width: size.width, height: size.height });
    endStep();
  }

  return (
    <div className={styles.size}>
      <label className={controls.field}>
        Size
        <select
          className={controls.input}
          value={sizeKey({ width, height })}
          onChange={(event) => chooseSize(event.target.value)}
        >
          {offered.map((size) => (
            <option key={sizeKey(size)} value={sizeKey(size)}>
              {size.name} {size.width}×{size.height}
            </option>
          ))}
        </select>
      </label>
      <label className={controls.field}>
        Frames/s
        <select
          className={controls.input}
          value={fps}
          onChange={(event) => {
            editFilm({ fps: Number(event.target.value) });
            endStep();
          }}
        >
          {offeredRates.map((rate) => (
            <option key={rate} value={rate}>
              {rate}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function sizeKey({ width, height }: { width: number; height: number }): string {
  return `${width}x${height}`;
}
