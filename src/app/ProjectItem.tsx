import { type KeyboardEvent, useState } from 'react';
import type { Project } from '../library/projects.ts';
import { limits, titleOf } from '../storyboard/document.ts';
import { useStoryboard } from '../storyboard/useStoryboard.ts';
import controls from '../ui/controls.module.css';
import { IconButton } from '../ui/IconButton.tsx';
import { dateWords } from './dateWords.ts';
import { KeptStill } from './KeptStill.tsx';
import styles from './ProjectsPanel.module.css';
import { useStudio } from './studio.ts';

/** A kept storyboard: to open, rename, duplicate and delete. */
export function ProjectItem({ project, onOpened }: { project: Project; onOpened: () => void }) {
  const { library } = useStudio();
  const current = useStoryboard((state) => state.documentId === project.id);
  const [renaming, setRenaming] = useState(false);
  const title = titleOf(project);
  const { shots } = project.storyboard;

  function open(): void {
    onOpened();
    void library.open(project.id);
  }

  return (
    <li className={styles.item} aria-current={current}>
      <button type="button" className={styles.picture} tabIndex={-1} aria-hidden="true" onClick={open}>
        <KeptStill still={project.still} />
      </button>
      {renaming ? (
        <TitleField
          title={project.title}
          onTitle={(changed) => {
            setRenaming(false);
            if (changed !== null) void library.rename(project.id, changed);
          }}
        />
      ) : (
        <button type="button" className={styles.name} aria-label={`Open “${title}”`} onClick={open}>
          {title}
        </button>
      )}
      <span className={`${controls.numbers} ${styles.facts}`}>
        {shots.length} {shots.length === 1 ? 'shot' : 'shots'} · {dateWords(project.updated)}
      </span>
      <span className={styles.actions}>
        <IconButton icon="pencil" label={`Rename “${title}”`} onClick={() => setRenaming(true)} />
        <IconButton
          icon="copy"
          label={`Duplicate “${title}”`}
          onClick={() => library.duplicate(project.id)}
        />
        <IconButton icon="trash" label={`Delete “${title}”`} onClick={() => library.deleteProject(project)} />
      </span>
    </li>
  );
}

/** Calls back with the new title, or null when the person left it as it was. */
function TitleField({ title, onTitle }: { title: string; onTitle: (title: string | null) => void }) {
  const [text, setText] = useState(title);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter') onTitle(text === title ? null : text);
    if (event.key === 'Escape') onTitle(null);
  }

  return (
    <input
      className={`${controls.input} ${styles.name}`}
      aria-label="New title"
      ref={(field) => field?.focus()}
      maxLength={limits.titleCharacters}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={() => onTitle(text === title ? null : text)}
    />
  );
}
