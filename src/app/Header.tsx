import { useStore } from 'zustand';
import { limits } from '../storyboard/document.ts';
import { storyboard, useStoryboard } from '../storyboard/useStoryboard.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { AdapterPill } from './AdapterPill.tsx';
import { ExportButton } from './ExportButton.tsx';
import { ExportPanel } from './ExportPanel.tsx';
import { GenerateButton } from './GenerateButton.tsx';
import styles from './Header.module.css';
import { KeysDialog } from './KeysDialog.tsx';
import { Logo } from './Logo.tsx';
import { toShotweaveError } from './notices.ts';
import { OpenMenu } from './OpenMenu.tsx';
import { ProjectsPanel } from './ProjectsPanel.tsx';
import { QualitySwitch } from './QualitySwitch.tsx';
import { useStudio } from './studio.ts';

export function Header() {
  const title = useStoryboard((state) => state.document.title);
  return (
    <header className={styles.header}>
      <h1 className={styles.brand}>
        <Logo />
        <span>Shotweave</span>
      </h1>
      <ProjectsPanel />
      <span className={styles.title} data-text={title || 'Untitled film'}>
        <input
          aria-label="Title of the film"
          placeholder="Untitled film"
          size={1}
          maxLength={limits.titleCharacters}
          value={title}
          onChange={(event) => storyboard.actions.editFilm({ title: event.target.value })}
          onBlur={storyboard.actions.endStep}
        />
      </span>
      <SavedWord />
      <UndoButtons />
      <span className={styles.space} />
      <AdapterPill />
      <KeysDialog />
      <OpenMenu />
      <span className={styles.joined}>
        <ExportButton />
        <ExportPanel />
      </span>
      <QualitySwitch />
      <GenerateButton />
    </header>
  );
}

function SavedWord() {
  const saved = useStore(useStudio().saving.state);
  if (saved.status === 'failed') {
    const { message } = toShotweaveError(saved.error);
    return (
      <span className={styles.unsaved} role="alert" title={message}>
        not saved
      </span>
    );
  }
  return <span className={styles.saved}>{saved.status}</span>;
}

function UndoButtons() {
  const canUndo = useStore(storyboard.temporal, ({ pastStates }) => pastStates.length > 0);
  const canRedo = useStore(storyboard.temporal, ({ futureStates }) => futureStates.length > 0);
  return (
    <span className={styles.undo}>
      <IconButton icon="undo" label="Undo" disabled={!canUndo} onClick={storyboard.actions.undo} />
      <IconButton icon="redo" label="Redo" disabled={!canRedo} onClick={storyboard.actions.redo} />
    </span>
  );
}
