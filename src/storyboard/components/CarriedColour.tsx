import controls from '../../ui/controls.module.css';
import { useCarried } from '../useCarried.ts';
import { storyboard } from '../useStoryboard.ts';
import styles from './Inspector.module.css';

/** Says which colour a shot's subject has from an earlier shot, and lets the film do without. */
export function CarriedColour({ index }: { index: number }) {
  const { carried, carries } = useCarried(index);
  if (!carried) return null;

  function choose(carry: boolean): void {
    const { editFilm, endStep } = storyboard.actions;
    endStep();
    editFilm({ carry: carry ? undefined : false });
    endStep();
  }

  return (
    <p className={styles.carried}>
      <span>
        {carries ? 'Also reads' : 'Does not read'} “{carried.colour}”, from shot {carried.from + 1}
      </span>
      <button
        type="button"
        className={controls.aside}
        title={
          carries
            ? 'Read every prompt of the film as it stands: what keeps the colour is attention alone'
            : 'Give subjects the colour that an earlier shot says, in the whole film'
        }
        onClick={() => choose(!carries)}
      >
        {carries ? 'Carry no colours' : 'Carry colours'}
      </button>
    </p>
  );
}
