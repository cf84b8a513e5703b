import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { useStore } from 'zustand';
import { formatBytes, type Room } from '../library/room.ts';
import controls from '../ui/controls.module.css';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { useLeaveFocus } from '../ui/useLeaveFocus.ts';
import { FilmItem } from './FilmItem.tsx';
import type { LibraryState } from './library.ts';
import { ProjectItem } from './ProjectItem.tsx';
import styles from './ProjectsPanel.module.css';
import { useStudio } from './studio.ts';

/** Storyboards and films that this browser keeps, beside the room and not over it. */
export function ProjectsPanel() {
  const { library } = useStudio();
  const shown = useStore(library.state, (state) => state.shown);
  const [open, setOpen] = useState(false);
  const { leaveFocus, onCloseAutoFocus } = useLeaveFocus();
  const close = () => setOpen(false);

  function change(opened: boolean): void {
    setOpen(opened);
    if (opened) void library.refresh();
  }

  return (
    <Dialog.Root modal={false} open={open} onOpenChange={change}>
      <Dialog.Trigger asChild>
        <IconButton icon="projects" label="Projects" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Content
          className={styles.panel}
          data-side-panel
          aria-describedby={undefined}
          // In a field, Escape gives up what is typed there.
          onEscapeKeyDown={(event) => {
            if (event.target instanceof HTMLInputElement) event.preventDefault();
          }}
          // The room beside the panel stays at hand, and so do the notices that offer back what was deleted.
          onInteractOutside={(event) => event.preventDefault()}
          onCloseAutoFocus={onCloseAutoFocus}
        >
          <header className={styles.header}>
            <Dialog.Title className={styles.title}>Projects</Dialog.Title>
            <button
              type="button"
              className={controls.button}
              onClick={() => {
                leaveFocus();
                close();
                void library.openNew();
              }}
            >
              <Icon name="add" />
              New storyboard
            </button>
            <Dialog.Close asChild>
              <IconButton icon="close" label="Close" />
            </Dialog.Close>
          </header>
          {shown && <Shelves shown={shown} onOpened={close} />}
          {shown?.room && <RoomMeter room={shown.room} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Shelves({ shown: { projects, films }, onOpened }: { shown: LibraryState; onOpened: () => void }) {
  return (
    <div className={styles.shelves}>
      <h3 className={controls.heading}>Storyboards</h3>
      {projects.length === 0 && (
        <p className={styles.none}>A storyboard is kept here as soon as you change it.</p>
      )}
      <ul className={styles.list} aria-label="Storyboards">
        {projects.map((project) => (
          <ProjectItem key={project.id} project={project} onOpened={onOpened} />
        ))}
      </ul>
      <h3 className={controls.heading}>
        Finished films
        {films.length > 0 && ` · ${formatBytes(films.reduce((sum, { bytes }) => sum + bytes, 0))}`}
      </h3>
      {films.length === 0 && <p className={styles.none}>There is no film yet.</p>}
      <ul className={styles.list} aria-label="Finished films">
        {films.map((film) => (
          <FilmItem key={film.fileName} film={film} />
        ))}
      </ul>
    </div>
  );
}

function RoomMeter({ room: { used, available } }: { room: Room }) {
  return (
    <footer className={styles.room}>
      <meter className={styles.meter} aria-label="Room used" max={available} value={used} />
      <p className={controls.numbers}>
        {formatBytes(used)} used of {formatBytes(available)} that the browser gives
      </p>
    </footer>
  );
}
