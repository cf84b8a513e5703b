import { memo } from 'react';
import { drawCover } from './drawCover.ts';
import { type Picture, pictureAt } from './stills.ts';
import { useCanvas } from './useCanvas.ts';

interface FilmstripProps {
  pictures: readonly Picture[];
  /** Size in CSS pixels. */
  width: number;
  height: number;
  /** Width over height of the film. */
  aspect: number;
  className?: string | undefined;
}

/** Pictures of a shot side by side over the width of its clip. */
export const Filmstrip = memo(function Filmstrip({
  pictures,
  width,
  height,
  aspect,
  className,
}: FilmstripProps) {
  const canvas = useCanvas(width, height, (context) => {
    const first = pictures[0];
    const last = pictures.at(-1);
    if (!first || !last) return;
    const count = Math.max(1, Math.round(width / (height * aspect)));
    const cell = width / count;
    for (let index = 0; index < count; index++) {
      const frame = first.frame + ((index + 0.5) / count) * (last.frame - first.frame);
      const picture = pictureAt(pictures, frame);
      if (picture) drawCover(context, picture, { x: index * cell, y: 0, width: cell, height });
    }
  });
  return <canvas ref={canvas} className={className} style={{ width, height }} />;
});
