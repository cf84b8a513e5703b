import { useRef } from 'react';
import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import { notifyError } from '../notices.ts';
import { useStudio } from '../studio.ts';
import { DownloadForm } from './DownloadForm.tsx';
import styles from './Models.module.css';
import { canRemember, filesOfInput, nameOfChoice, pickFiles, pickFolder } from './pickFiles.ts';

/** The ways to add models: a folder or files of this machine, or an address. */
export function AddModels() {
  const { models } = useStudio();
  const folderInput = useRef<HTMLInputElement>(null);
  const filesInput = useRef<HTMLInputElement>(null);

  async function addFolder(): Promise<void> {
    if (!canRemember()) return folderInput.current?.click();
    const folder = await pickFolder();
    if (folder) await models.addHandles(folder.name, [folder]);
  }

  async function addFiles(): Promise<void> {
    if (!canRemember()) return filesInput.current?.click();
    const files = await pickFiles();
    if (files?.length) await models.addHandles(nameOfChoice(files.map(({ name }) => name)), files);
  }

  function take(input: HTMLInputElement): void {
    const files = filesOfInput(input.files ?? new DataTransfer().files);
    // The same files may be chosen again.
    input.value = '';
    if (files.length > 0) void models.addFiles(nameOfChoice(files.map(({ path }) => path)), files);
  }

  return (
    <section className={styles.add} aria-label="Add models">
      <div className={styles.picks}>
        <button type="button" className={controls.button} onClick={() => addFolder().catch(notifyError)}>
          <Icon name="folder" />
          Choose a folder…
        </button>
        <button type="button" className={controls.button} onClick={() => addFiles().catch(notifyError)}>
          <Icon name="add" />
          Choose files…
        </button>
      </div>
      <input
        ref={(input) => {
          folderInput.current = input;
          // React does not know the attribute.
          if (input) input.webkitdirectory = true;
        }}
        type="file"
        hidden
        aria-label="Folder of models"
        onChange={({ target }) => take(target)}
      />
      <input
        ref={filesInput}
        type="file"
        hidden
        multiple
        aria-label="Model files"
        onChange={({ target }) => take(target)}
      />
      <DownloadForm />
    </section>
  );
}
