import type { CSSProperties } from 'react';
import styles from './PrintSheetView.module.css';
import type { PrintSheet, SheetRow } from './printSheet.ts';

/** A storyboard on paper; unseen on the screen. */
export function PrintSheetView({ sheet }: { sheet: PrintSheet }) {
  const { title, look, facts, aspect, rows } = sheet;
  return (
    <article
      className={styles.sheet}
      aria-label="Storyboard sheet"
      style={{ '--aspect': aspect } as CSSProperties}
    >
      <header className={styles.head}>
        <h1>{title}</h1>
        <p className={styles.facts}>{facts}</p>
        {look && (
          <p className={styles.look}>
            <span className={styles.name}>Look</span> {look}
          </p>
        )}
      </header>
      <ol className={styles.rows}>
        {rows.map((row) => (
          <Row key={row.number} row={row} />
        ))}
      </ol>
    </article>
  );
}

function Row({ row: { number, prompt, still, times, length } }: { row: SheetRow }) {
  return (
    <li className={styles.row}>
      <span className={styles.number}>{number}</span>
      <div className={styles.still}>{still && <img src={still} alt={`Shot ${number}`} />}</div>
      <div>
        <p className={styles.facts}>
          {times} <span className={styles.length}>{length}</span>
        </p>
        <p className={styles.prompt}>{prompt || 'No prompt yet'}</p>
      </div>
    </li>
  );
}
