import { useStore } from 'zustand';
import { NumberField } from '../../ui/NumberField.tsx';
import { useStudio } from '../studio.ts';
import { strengthLimit } from './choices.ts';
import styles from './Models.module.css';

/** How strongly a LoRA counts; 0 leaves it out. */
export function LoraStrength({ name }: { name: string }) {
  const { models } = useStudio();
  const loras = useStore(models.state, (state) => state.choices.loras);
  return (
    <div className={styles.strength}>
      <span aria-hidden="true">Strength</span>
      <NumberField
        label={`Strength of ${name}`}
        value={loras[name] ?? 0}
        min={-strengthLimit}
        max={strengthLimit}
        step={0.1}
        onValue={(strength) => void models.choose({ loras: { ...loras, [name]: strength } })}
        onDone={() => undefined}
      />
    </div>
  );
}
