import { formatBytes } from '../../library/room.ts';
import type { ModelItem } from '../../render/modelReport.ts';
import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { useStudio } from '../studio.ts';
import { LoraStrength } from './LoraStrength.tsx';
import styles from './Models.module.css';
import type { ModelEntry } from './models.ts';

const sourceWords = {
  disk: 'on disk',
  page: 'on disk, until this page closes',
  download: 'downloaded into the browser',
} as const;

/** A folder, some files or a download, with everything that was found in it. */
export function EntryItem({ entry, items }: { entry: ModelEntry; items: readonly ModelItem[] }) {
  const { models } = useStudio();
  return (
    <li className={styles.entry}>
      <div className={styles.entryHead}>
        <Icon name={entry.source === 'download' ? 'download' : 'folder'} />
        <strong>{entry.name}</strong>
        <span>{sourceWords[entry.source]}</span>
        <EntryAction entry={entry} />
        <IconButton
          icon="trash"
          label={`Remove ${entry.name}`}
          title={entry.source === 'download' ? 'Delete the download' : 'Forget it; the files stay on disk'}
          onClick={() => void models.remove(entry.id)}
        />
      </div>
      {entry.problem !== null && (
        <p className={styles.fault} role="alert">
          {entry.problem}
        </p>
      )}
      {entry.arrival && <Arrival arrival={entry.arrival} />}
      {entry.status === 'ready' && items.length === 0 && (
        <p className={styles.none}>Nothing in it is a model that is known here.</p>
      )}
      <ul className={styles.items}>
        {items.map((item) => (
          <Item key={`${item.kind} ${item.name}`} item={item} />
        ))}
      </ul>
    </li>
  );
}

function EntryAction({ entry: { id, status } }: { entry: ModelEntry }) {
  const { models } = useStudio();
  switch (status) {
    case 'locked':
      return (
        <button type="button" className={controls.button} onClick={() => void models.unlock(id)}>
          Allow reading
        </button>
      );
    case 'partial':
      return (
        <button type="button" className={controls.button} onClick={() => void models.goOn(id)}>
          Go on
        </button>
      );
    case 'busy':
      return (
        <button type="button" className={controls.button} onClick={() => models.stop(id)}>
          Stop
        </button>
      );
    default:
      return null;
  }
}

function Arrival({ arrival: { done, bytes, phase } }: { arrival: NonNullable<ModelEntry['arrival']> }) {
  const words = phase === 'checking' ? 'checked' : 'arrived';
  return (
    <div className={styles.arrival}>
      <progress aria-label="Download" max={bytes ?? 1} value={bytes === null ? undefined : done} />
      <span className={controls.numbers}>
        {formatBytes(done)} {bytes === null ? '' : `of ${formatBytes(bytes)} `}
        {words}
      </span>
    </div>
  );
}

function Item({ item }: { item: ModelItem }) {
  const refused = item.kind === 'refused';
  return (
    <li className={refused ? styles.refused : styles.item}>
      <span className={styles.itemTitle}>{item.title}</span>
      <span className={`${controls.numbers} ${styles.itemBytes}`}>{formatBytes(item.bytes)}</span>
      <span className={styles.detail}>
        {!refused && item.name !== item.title ? `${item.name} · ` : ''}
        {item.detail}
      </span>
      {item.problem !== undefined && <span className={styles.problem}>{item.problem}</span>}
      {item.kind === 'lora' && <LoraStrength name={item.name} />}
    </li>
  );
}
