import styles from './Timeline.module.css';

/** A cut that would come about: where a dragged clip goes, or where the blade falls. */
export function CutMarker({ x, kind }: { x: number; kind: 'place' | 'blade' }) {
  return <div className={styles.cut} style={{ translate: `${x}px 0` }} data-kind={kind} aria-hidden="true" />;
}
