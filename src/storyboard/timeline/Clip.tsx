import type { PointerEvent } from 'react';
import { Filmstrip } from '../../film/player/Filmstrip.tsx';
import { usePictures } from '../../film/player/usePictures.ts';
import type { ShotSpan } from '../../plan/types.ts';
import { selectedShot } from '../store.ts';
import { useStoryboard } from '../useStoryboard.ts';
import styles from './Clip.module.css';
import { ClipProgress } from './ClipProgress.tsx';
import type { Making } from './making.ts';

interface ClipProps {
  span: ShotSpan;
  /** Pixels a frame. */
  scale: number;
  /** Width over height of the film. */
  aspect: number;
  making: Making | null;
  trimHandlers: {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    onPointerUp: () => void;
    onPointerCancel: () => void;
  };
}

const stripHeight = 66;
const gap = 3;

/** A shot on the timeline, as wide as it is long. */
export function Clip({ span, scale, aspect, making, trimHandlers }: ClipProps) {
  const documentId = useStoryboard((state) => state.documentId);
  const prompt = useStoryboard((state) => state.document.shots[span.index]?.prompt ?? '');
  const selected = useStoryboard((state) => selectedShot(state).shot.id === span.id);
  const pictures = usePictures(documentId, span.id);
  const width = Math.max(span.frames.count * scale - gap, 4);
  const latent = making?.latentOf.get(span.id);

  return (
    <li
      className={styles.clip}
      style={{ left: span.frames.start * scale, width }}
      data-selected={selected}
      aria-current={selected}
      title={prompt}
    >
      <div className={styles.strip} aria-hidden="true" data-empty={pictures.length === 0}>
        <Filmstrip pictures={pictures} width={width} height={stripHeight} aspect={aspect} />
        {making && latent && <ClipProgress making={making} latent={latent} />}
      </div>
      <p className={styles.label}>
        <span className={styles.number}>{span.index + 1}</span> {prompt || 'No prompt yet'}
      </p>
      <span className={styles.trim} aria-hidden="true" title="Drag to change the length" {...trimHandlers}>
        <span className={styles.length}>{span.seconds.toFixed(2)} s</span>
      </span>
    </li>
  );
}
