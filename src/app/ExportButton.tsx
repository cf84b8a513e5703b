import controls from '../ui/controls.module.css';
import { Icon } from '../ui/Icon.tsx';
import { ExportProgress, useExporting } from './export/ExportProgress.tsx';
import { exportStem, saveFilm } from './exports.ts';
import { useShown } from './useShown.ts';

/** Saves the film on the stage where the person wants it; while an export is written, says how far it is. */
export function ExportButton() {
  const shown = useShown();
  const running = useExporting();
  if (running) return <ExportProgress running={running} />;
  const film = shown?.kind === 'film' ? shown.film : null;
  return (
    <button
      type="button"
      className={controls.button}
      disabled={!film}
      title={film ? undefined : 'There is no film yet: generate it first'}
      onClick={() => film && saveFilm(film, exportStem())}
    >
      <Icon name="download" />
      Export MP4
    </button>
  );
}
