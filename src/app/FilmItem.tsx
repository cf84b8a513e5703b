import type { KeptFilm } from '../library/projects.ts';
import { formatBytes } from '../library/room.ts';
import controls from '../ui/controls.module.css';
import { IconButton } from '../ui/IconButton.tsx';
import { dateWords } from './dateWords.ts';
import styles from './ProjectsPanel.module.css';
import { useStudio } from './studio.ts';

/** A finished film and the room that it takes. */
export function FilmItem({ film }: { film: KeptFilm }) {
  const { library } = useStudio();
  const name = film.title || film.fileName;
  const which = film.take === null ? 'the film' : `take ${film.take} of`;
  return (
    <li className={styles.film}>
      <span className={styles.filmName}>{name}</span>
      <span className={`${controls.numbers} ${styles.facts}`}>
        {film.take !== null && `Take ${film.take} · `}
        {formatBytes(film.bytes)} · {dateWords(film.modified)}
        {film.documentId === null && ' · its storyboard is gone'}
      </span>
      <IconButton icon="trash" label={`Delete ${which} “${name}”`} onClick={() => library.deleteFilm(film)} />
    </li>
  );
}
