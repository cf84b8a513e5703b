import { Popover } from 'radix-ui';
import { useState } from 'react';
import { timecode } from '../film/player/timecode.ts';
import { usePlayhead } from '../film/player/usePlayer.ts';
import { useGeometry } from '../storyboard/studioModel.ts';
import controls from '../ui/controls.module.css';
import { Icon } from '../ui/Icon.tsx';
import styles from './ExportPanel.module.css';
import { FilmExport } from './export/FilmExport.tsx';
import { PrintedSheet } from './export/PrintedSheet.tsx';
import { printStoryboard } from './export/printing.ts';
import { saveProject } from './export/savingProject.ts';
import { exportStem, saveContactSheet, savePoster, saveStoryboard } from './exports.ts';
import { fileStem } from './fileStem.ts';
import type { Film } from './generation.ts';
import { HeldNotices } from './HeldNotices.tsx';
import { useShown } from './useShown.ts';

/** Everything that can be taken away from here, under a name of the person's choice. */
export function ExportPanel() {
  const [stem, setStem] = useState('');
  return (
    <>
      <PrintedSheet />
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
            <HeldNotices />
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
    </>
  );
}

function Choices({ stem }: { stem: string }) {
  const shown = useShown();
  const film = shown?.kind === 'film' ? shown.film : null;
  const edited = useGeometry();
  return (
    <>
      {film && <FilmExport film={film} stem={stem} />}
      <ul className={styles.choices} aria-label="Beside the film">
        {film && <PictureChoices film={film} stem={stem} />}
        {edited && (
          <Choice
            name="Storyboard sheet"
            verb="Print"
            hint="print or PDF"
            onChoose={() => printStoryboard(edited, stem)}
          />
        )}
        <Choice name="Project file" hint=".shotweave, with its takes" onChoose={() => saveProject(stem)} />
        <Choice name="Storyboard file" hint=".shotweave.json" onChoose={() => saveStoryboard(stem)} />
        {!film && (
          <li className={styles.none}>Generate the film to export it, a poster or a contact sheet.</li>
        )}
      </ul>
    </>
  );
}

function PictureChoices({ film, stem }: { film: Film; stem: string }) {
  const frame = usePlayhead((state) => state.frame);
  const { geometry } = film;
  const { length } = geometry.shots;
  return (
    <>
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

interface ChoiceProps {
  name: string;
  hint: string;
  /** What is done with it, for who hears the button. */
  verb?: string;
  onChoose: () => void;
}

function Choice({ name, hint, verb = 'Save', onChoose }: ChoiceProps) {
  return (
    <li>
      <Popover.Close
        className={styles.choice}
        aria-label={`${verb} ${name.toLowerCase()}`}
        onClick={onChoose}
      >
        {name}
        <span className={`${controls.numbers} ${styles.hint}`}>{hint}</span>
      </Popover.Close>
    </li>
  );
}
