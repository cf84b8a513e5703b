import { type RefObject, useLayoutEffect, useRef } from 'react';

/**
 * A canvas with as many pixels as the screen has at its size, drawn anew after every render.
 * `draw` works in CSS pixels.
 */
export function useCanvas(
  width: number,
  height: number,
  draw: (context: CanvasRenderingContext2D) => void,
): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const { current } = canvas;
    const context = current?.getContext('2d');
    if (!current || !context || width <= 0 || height <= 0) return;
    const density = window.devicePixelRatio;
    const pixelWidth = Math.round(width * density);
    const pixelHeight = Math.round(height * density);
    // Assigning a size clears the canvas and allocates anew, even when it is the same.
    if (current.width !== pixelWidth) current.width = pixelWidth;
    if (current.height !== pixelHeight) current.height = pixelHeight;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context);
  });
  return canvas;
}
