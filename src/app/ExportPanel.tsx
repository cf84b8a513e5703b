import { Popover } from 'radix-ui';
import { useState } from 'react';
import { timecode } from '../film/player/timecode.ts';
import { usePlayhead } from '../film/player/usePlayer.ts';
import { formatBytes } from '../library/room.ts';
import controls from '../ui/controls.module.css';
import { Icon } from '../ui/Icon.tsx';
import styles from './ExportPanel.module.css';
import { exportStem, saveContactSheet, saveFilm, savePoster, saveStoryboard } from './exports.ts';
import { fileStem } from './fileStem.ts';
import type { Film } from './generation.ts';
import { useShown } from './useShown.ts';

/** Everything that can be taken away from here, under a name of the person's choice. */
export function ExportPanel() {
  const [stem, setStem] = useState('');
  return (
    <Popover.Root onOpenChange={(open) => open && setStem(exportStem())}>
      <Popover.Trigger className={controls.button} aria-label="More to export" title="More to export">
        <Icon name="chevron" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.panel}
          aria-label="Export"
          align="end"
          sideOffset={6}
          collisionPadding={12}
        >
          <label className={controls.field}>
            File name
            <input
              className={controls.input}
              value={stem}
              spellCheck={false}
              maxLength={80}
              onChange={(event) => setStem(event.target.value)}
            />
          </label>
          <Choices stem={fileStem(stem)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Choices({ stem }: { stem: string }) {
  const shown = useShown();
  const film = shown?.kind === 'film' ? shown.film : null;
  return (
    <ul className={styles.choices}>
      {film && <FilmChoices film={film} stem={stem} />}
      <Choice name="Storyboard file" hint=".shotweave.json" onChoose={() => saveStoryboard(stem)} />
      {!film && <li className={styles.none}>Generate the film to export it, a poster or a contact sheet.</li>}
    </ul>
  );
}

function FilmChoices({ film, stem }: { film: Film; stem: string }) {
  const frame = usePlayhead((state) => state.frame);
  const { geometry, file } = film;
  const { length } = geometry.shots;
  return (
    <>
      <Choice name="Film" hint={`MP4, ${formatBytes(file.size)}`} onChoose={() => saveFilm(film, stem)} />
      <Choice
        name="Poster"
        hint={`PNG, the frame at ${timecode(frame, geometry.fps)}`}
        onChoose={() => savePoster(film, stem)}
      />
      <Choice
        name="Contact sheet"
        hint={`PNG, ${length} ${length === 1 ? 'shot' : 'shots'}`}
        onChoose={() => saveContactSheet(film, stem)}
      />
    </>
  );
}

function Choice({ name, hint, onChoose }: { name: string; hint: string; onChoose: () => void }) {
  return (
    <li>
      <Popover.Close className={styles.choice} aria-label={`Save ${name.toLowerCase()}`} onClick={onChoose}>
        {name}
        <span className={`${controls.numbers} ${styles.hint}`}>{hint}</span>
      </Popover.Close>
    </li>
  );
}
