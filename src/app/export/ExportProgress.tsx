import { useStore } from 'zustand';
import controls from '../../ui/controls.module.css';
import { IconButton } from '../../ui/IconButton.tsx';
import styles from './ExportProgress.module.css';
import { cancelExport, type Exporting, exporting } from './exporting.ts';

/** How far the export is, in the place of the button that started it. */
export function ExportProgress({ running }: { running: Exporting }) {
  const percent = Math.floor(running.fraction * 100);
  return (
    <span className={styles.progress}>
      <span
        className={styles.bar}
        role="progressbar"
        aria-label="Export"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        title={`Exporting ${running.name}`}
      >
        <span className={styles.done} style={{ width: `${running.fraction * 100}%` }} />
        <span className={`${controls.numbers} ${styles.words}`}>
          {running.cancelling ? 'Cancelling…' : `Exporting ${percent} %`}
        </span>
      </span>
      <IconButton
        icon="close"
        label="Cancel the export"
        disabled={running.cancelling}
        onClick={cancelExport}
      />
    </span>
  );
}

/** The export that is being written; null while there is none. */
export function useExporting(): Exporting | null {
  return useStore(exporting, (state) => state.running);
}
