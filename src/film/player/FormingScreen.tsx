import { useRef } from 'react';
import { useElementWidth } from '../../ui/useElementWidth.ts';
import { drawCover } from './drawCover.ts';
import styles from './Screen.module.css';
import { pictureAt } from './stills.ts';
import { useCanvas } from './useCanvas.ts';
import { usePlayhead, useStills } from './usePlayer.ts';

/** The film while it forms: the picture nearest to the playhead. */
export function FormingScreen({ aspect }: { aspect: number }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useElementWidth(box);
  const height = width / aspect;
  const pictures = useStills((state) => state.pictures);
  const frame = usePlayhead((state) => state.frame);
  const canvas = useCanvas(width, height, (context) => {
    const shown = pictureAt(pictures, frame);
    if (shown) drawCover(context, shown, { x: 0, y: 0, width, height });
  });
  return (
    <div ref={box} className={styles.fill}>
      <canvas ref={canvas} className={styles.fill} role="img" aria-label="The film as it forms" />
    </div>
  );
}
