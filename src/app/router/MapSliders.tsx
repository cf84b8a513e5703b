import { useId } from 'react';
import controls from '../../ui/controls.module.css';
import styles from './MapSliders.module.css';
import { inspector, type RouterView } from './useInspector.ts';

/** Chooses the layer and the denoising step whose groups are shown. */
export function MapSliders({ view: { map, record } }: { view: RouterView }) {
  const step = record.steps[map.step]?.step ?? 0;
  return (
    <div className={styles.sliders}>
      <Slider
        name="Layer"
        words={`${map.layer + 1} of ${record.layers}`}
        value={map.layer}
        last={record.layers - 1}
        onChange={inspector.actions.setLayer}
      />
      <Slider
        name="Step"
        words={`${step} of ${record.ofSteps}`}
        value={map.step}
        last={record.steps.length - 1}
        onChange={inspector.actions.setStep}
      />
    </div>
  );
}

interface SliderProps {
  name: string;
  /** The value as the person reads it. */
  words: string;
  value: number;
  /** Values go from 0 to this. */
  last: number;
  onChange: (value: number) => void;
}

function Slider({ name, words, value, last, onChange }: SliderProps) {
  const id = useId();
  return (
    <div className={styles.slider}>
      <label htmlFor={id}>{name}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={last}
        value={value}
        disabled={last === 0}
        aria-valuetext={words}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <span className={`${controls.numbers} ${styles.value}`}>{words}</span>
    </div>
  );
}
