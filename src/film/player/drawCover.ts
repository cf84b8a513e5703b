import type { Picture } from './stills.ts';

/** Draws a picture over a rectangle, cropped at the sides that do not fit. */
export function drawCover(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  { image, width, height }: Picture,
  target: { x: number; y: number; width: number; height: number },
): void {
  const scale = Math.max(target.width / width, target.height / height);
  const cropWidth = target.width / scale;
  const cropHeight = target.height / scale;
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(
    image,
    (width - cropWidth) / 2,
    (height - cropHeight) / 2,
    cropWidth,
    cropHeight,
    target.x,
    target.y,
    target.width,
    target.height,
  );
}
