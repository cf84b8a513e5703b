import { saveToDisk } from '../library/saveToDisk.ts';
import { useStoryboard } from '../storyboard/useStoryboard.ts';
import controls from '../ui/controls.module.css';
import { Icon } from '../ui/Icon.tsx';
import { fileStem } from './fileStem.ts';
import { notify, notifyError } from './notices.ts';
import { useShown } from './useShown.ts';

/** Saves the film on the stage where the person wants it. */
export function ExportButton() {
  const shown = useShown();
  const title = useStoryboard((state) => state.document.title);
  const film = shown?.kind === 'film' ? shown.film : null;

  async function save(file: File): Promise<void> {
    try {
      const outcome = await saveToDisk(file, `${fileStem(title)}.mp4`);
      if (outcome === 'saved')
        notify('done', 'The film is saved. Drop it on this page to get its storyboard back.');
    } catch (error) {
      notifyError(error);
    }
  }

  return (
    <button
      type="button"
      className={controls.button}
      disabled={!film}
      title={film ? undefined : 'There is no film yet: generate it first'}
      onClick={() => film && save(film.file)}
    >
      <Icon name="download" />
      Export MP4
    </button>
  );
}
