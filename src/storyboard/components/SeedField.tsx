import controls from '../../ui/controls.module.css';
import { IconButton } from '../../ui/IconButton.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { limits } from '../document.ts';
import { rollSeed } from '../starter.ts';
import { storyboard } from '../useStoryboard.ts';
import styles from './Inspector.module.css';

interface SeedFieldProps {
  /** Accessible name. */
  name: string;
  caption: string;
  value: number;
  onValue: (seed: number) => void;
  /** Goes back to having no seed. */
  onClear?: () => void;
}

export function SeedField({ name, caption, value, onValue, onClear }: SeedFieldProps) {
  const { endStep } = storyboard.actions;

  function roll(): void {
    endStep();
    onValue(rollSeed());
    endStep();
  }

  return (
    <div className={controls.field}>
      <span aria-hidden="true">{caption}</span>
      <div className={styles.withButton}>
        <NumberField
          label={name}
          value={value}
          {...limits.seed}
          whole
          step={1}
          onValue={onValue}
          onDone={endStep}
        />
        <IconButton icon="dice" label={`Roll the dice for ${name.toLowerCase()}`} onClick={roll} />
        {onClear && <IconButton icon="close" label="Use the film's seed" onClick={onClear} />}
      </div>
    </div>
  );
}
