import { duration } from '../film/player/timecode.ts';
import choice from '../ui/choice.module.css';
import styles from './QualitySwitch.module.css';
import { chooseDraft, useDraft } from './quality.ts';
import { useGeneration } from './studio.ts';

const ways = [
  {
    name: 'Draft',
    draft: true,
    what: 'A quick look in few steps, without guidance. The storyboard keeps its settings.',
  },
  { name: 'Final', draft: false, what: 'The film with the steps and the guidance of its storyboard.' },
] as const;

/** Beside Generate: a draft or the film itself, and what each would take. */
export function QualitySwitch() {
  const chosen = useDraft();
  const costs = useGeneration((state) => state.costs);
  return (
    <fieldset className={`${choice.choice} ${styles.switch}`} aria-label="Draft or final film">
      {ways.map(({ name, draft, what }) => {
        const seconds = costs?.[draft ? 'draft' : 'final'];
        const time = seconds === undefined ? '' : duration(seconds);
        return (
          <label key={name} title={time ? `${what} About ${time} on this machine.` : what}>
            <input
              type="radio"
              name="quality"
              checked={chosen === draft}
              aria-label={time ? `${name}, about ${time}` : name}
              onChange={() => chooseDraft(draft)}
            />
            <span className={styles.name}>{name}</span>
            <span className={styles.time}>{time || '…'}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
