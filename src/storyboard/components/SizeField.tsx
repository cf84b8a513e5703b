import { isWanModel } from '../../model/wanConfig.ts';
import controls from '../../ui/controls.module.css';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import styles from './Inspector.module.css';

const papercutSizes = [
  { name: 'Landscape', width: 320, height: 192 },
  { name: 'Portrait', width: 192, height: 320 },
  { name: 'Square', width: 256, height: 256 },
  { name: 'Small', width: 224, height: 128 },
  { name: 'Large', width: 480, height: 288 },
] as const;

/** Sizes near those that Wan2.1 was trained with; the largest suits 14B alone. */
const wanSizes = [
  { name: 'Landscape', width: 832, height: 480 },
  { name: 'Portrait', width: 480, height: 832 },
  { name: 'Square', width: 640, height: 640 },
  { name: 'Small', width: 512, height: 288 },
  { name: 'Large', width: 1280, height: 704 },
] as const;

const rates = [12, 16, 24, 30];

/** Size of the picture and frame rate; a storyboard's own values stay on offer when they are none of the presets. */
export function SizeField() {
  const width = useStoryboard((state) => state.document.width);
  const height = useStoryboard((state) => state.document.height);
  const fps = useStoryboard((state) => state.document.fps);
  const sizes = useStoryboard((state) => isWanModel(state.document.model)) ? wanSizes : papercutSizes;
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
