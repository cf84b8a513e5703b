import { formatBytes } from '../../library/room.ts';
import { useStoryboard } from '../../storyboard/useStoryboard.ts';
import controls from '../../ui/controls.module.css';
import { IconButton } from '../../ui/IconButton.tsx';
import { dateWords } from '../dateWords.ts';
import { KeptStill } from '../KeptStill.tsx';
import { useGeneration, useStudio } from '../studio.ts';
import styles from './Takes.module.css';
import type { Take } from './takes.ts';
import { rerolledWords } from './takeWords.ts';

interface TakeItemProps {
  take: Take;
  onStage: boolean;
  onCompare: () => void;
}

/** A take: to show, pin, compare with the one on the stage, and delete. */
export function TakeItem({ take, onStage, onCompare }: TakeItemProps) {
  const { takes } = useStudio();
  const { number, pinned, record } = take;
  const name = `take ${number}`;
  const making = useGeneration(({ job }) => job !== null);
  const forming = useGeneration(
    ({ job, halfway }) => job?.documentId === take.documentId || halfway === take.documentId,
  );
  const current = onStage && !forming;
  const documentId = useStoryboard((state) => state.documentId);
  const show = () => void takes.show(record.fileName);
  const rerolled = rerolledWords(take);

  return (
    <li className={styles.take} aria-current={current} data-pinned={pinned}>
      <button
        type="button"
        className={styles.show}
        aria-label={`Show ${name}`}
        // The pictures belong to the film in the making, and another storyboard's takes are about to go.
        disabled={making || take.documentId !== documentId}
        onClick={show}
      >
        <KeptStill still={take.still} />
        <span className={styles.words}>
          <span className={styles.name}>
            Take {number}
            {record.draft && <span className={styles.mark}>draft</span>}
            {rerolled && <span className={styles.mark}>{rerolled}</span>}
            {current && <span className={styles.shown}>on the stage</span>}
          </span>
          <span className={`${controls.numbers} ${styles.facts}`}>
            {dateWords(take.made)} · {formatBytes(take.bytes)}
          </span>
          <span className={`${controls.numbers} ${styles.facts}`}>
            seed {record.seed} · {record.steps} {record.steps === 1 ? 'step' : 'steps'}
          </span>
        </span>
      </button>
      <span className={styles.actions}>
        <IconButton
          icon="pin"
          label={`Pin ${name}`}
          title={pinned ? 'Let it go when it is the oldest of too many' : 'Keep it whatever happens'}
          aria-pressed={pinned}
          onClick={() => takes.pin(record.fileName, !pinned)}
        />
        <IconButton
          icon="compare"
          label={`Compare ${name} with the one on the stage`}
          disabled={onStage}
          onClick={onCompare}
        />
        <IconButton icon="trash" label={`Delete ${name}`} onClick={() => takes.remove(take)} />
      </span>
    </li>
  );
}
