import { drawCover } from './drawCover.ts';
import type { Origins } from './origins.ts';
import styles from './StillPicture.module.css';
import { useCanvas } from './useCanvas.ts';
import { usePictures } from './usePictures.ts';

interface StillPictureProps {
  documentId: string;
  shotId: string;
  origins: Origins;
  /** Size in CSS pixels. */
  width: number;
  height: number;
  className?: string | undefined;
}

/** One picture of a shot, from its middle; an empty frame before there is any. */
export function StillPicture({ documentId, shotId, origins, width, height, className }: StillPictureProps) {
  const pictures = usePictures(documentId, shotId, origins);
  const picture = pictures[Math.floor(pictures.length / 2)];
  const canvas = useCanvas(width, height, (context) => {
    if (picture) drawCover(context, picture, { x: 0, y: 0, width, height });
  });
  return (
    <canvas
      ref={canvas}
      className={[styles.still, className].filter(Boolean).join(' ')}
      style={{ width, height }}
      data-empty={picture === undefined}
    />
  );
}
