import { useStore } from 'zustand';
import choice from '../../ui/choice.module.css';
import { useStudio } from '../studio.ts';
import styles from './Models.module.css';

const choices = [
  {
    value: 'quality',
    name: 'Quality',
    hint: 'Wan’s own decoder: the finest pictures, about as long as a step',
  },
  { value: 'speed', name: 'Speed', hint: 'TAEHV: some 25 times faster, a little softer' },
] as const;

/** Which decoder makes pictures where both are there. */
export function DecoderChoice() {
  const { models } = useStudio();
  const decoder = useStore(models.state, (state) => state.choices.decoder);
  const kinds = useStore(models.state, ({ report }) => report.items);
  const both = (['wan-vae', 'taehv'] as const).every((kind) => kinds.some((item) => item.kind === kind));
  if (!both) return null;
  return (
    <fieldset className={styles.decoder} aria-label="Decoder">
      <span>Decode for</span>
      <div className={`${choice.choice} ${styles.ways}`}>
        {choices.map(({ value, name, hint }) => (
          <label key={value} title={hint}>
            <input
              type="radio"
              name="decoder"
              checked={decoder === value}
              onChange={() => void models.choose({ decoder: value })}
            />
            {name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
