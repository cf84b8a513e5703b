import { memo, useEffect, useRef } from 'react';
import { Filmstrip } from '../../film/player/Filmstrip.tsx';
import { usePictures } from '../../film/player/usePictures.ts';
import type { ShotSpan } from '../../plan/types.ts';
import { selectedShot } from '../store.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import styles from './Clip.module.css';
import { ClipProgress } from './ClipProgress.tsx';
import type { Making } from './making.ts';
import type { Edge } from './useTrim.ts';

interface ClipProps {
  span: ShotSpan;
  /** Pixels a frame. */
  scale: number;
  /** Width over height of the film. */
  aspect: number;
  making: Making | null;
  /** The edge that is being dragged. */
  trimmed: Edge | null;
  /** It is on its way to another place. */
  moving: boolean;
}

const stripHeight = 66;
const gap = 3;

/** Widths from which a clip has room for more than its number, in pixels. */
const roomForPrompt = 60;
const roomForSeconds = 150;

/** A shot on the timeline, as wide as it is long. The track takes pointers and keys for all clips. */
export const Clip = memo(
  function Clip({ span, scale, aspect, making, trimmed, moving }: ClipProps) {
    const documentId = useStoryboard((state) => state.documentId);
    const origins = useStoryboard((state) => state.origins);
    const prompt = useStoryboard((state) => state.document.shots[span.index]?.prompt ?? '');
    const selected = useStoryboard((state) => selectedShot(state).shot.id === span.id);
    const pictures = usePictures(documentId, span.id, origins);
    const face = useFocusWhenSelected(selected);
    const width = Math.max(span.frames.count * scale - gap, 4);
    const latent = making?.latentOf.get(span.id);
    const number = span.index + 1;

    return (
      <li
        className={styles.clip}
        style={{ left: span.frames.start * scale, width }}
        data-shot={span.id}
        data-selected={selected}
        data-width={width < roomForPrompt ? 'narrow' : 'wide'}
        data-trimmed={trimmed ?? undefined}
        data-moving={moving}
        aria-current={selected}
      >
        <button
          type="button"
          ref={face}
          className={styles.face}
          title={prompt}
          tabIndex={selected ? 0 : -1}
          aria-label={`Clip of shot ${number}, ${span.seconds.toFixed(2)} seconds: ${prompt || 'no prompt yet'}`}
          aria-roledescription="sortable"
          aria-describedby="clip-keys"
          aria-pressed={moving}
          data-clip
          // For who presses it without a pointer, such as a screen reader.
          onClick={() => storyboard.actions.select(span.id)}
        >
          <span className={styles.strip} data-empty={pictures.length === 0}>
            <Filmstrip pictures={pictures} width={width} height={stripHeight} aspect={aspect} />
            {making && latent && <ClipProgress making={making} latent={latent} />}
          </span>
          <span className={styles.label}>
            <span className={styles.number}>{number}</span>
            {width >= roomForPrompt && <span className={styles.prompt}>{prompt || 'No prompt yet'}</span>}
            {width >= roomForSeconds && <span className={styles.seconds}>{span.seconds.toFixed(2)} s</span>}
          </span>
        </button>
        {span.index > 0 && (
          <span className={styles.trim} aria-hidden="true" title="Drag to move the cut" data-trim="start" />
        )}
        <span className={styles.trim} aria-hidden="true" title="Drag to change the length" data-trim="end">
          <span className={styles.length}>
            {span.seconds.toFixed(2)} s · {span.latent.count} latent
          </span>
        </span>
      </li>
    );
  },
  (before, after) =>
    sameSpan(before.span, after.span) &&
    before.scale === after.scale &&
    before.aspect === after.aspect &&
    before.making === after.making &&
    before.trimmed === after.trimmed &&
    before.moving === after.moving,
);

/** Every edit makes new spans; most shots lie where they lay. */
function sameSpan(a: ShotSpan, b: ShotSpan): boolean {
  return (
    a.id === b.id &&
    a.index === b.index &&
    a.frames.start === b.frames.start &&
    a.frames.count === b.frames.count
  );
}

/** Only the selected clip is a tab stop; while a clip has the focus, it goes along with the selection. */
function useFocusWhenSelected(selected: boolean) {
  const face = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const { activeElement } = document;
    if (selected && activeElement instanceof HTMLElement && 'clip' in activeElement.dataset) {
      face.current?.focus({ preventScroll: true });
    }
  }, [selected]);
  return face;
}
