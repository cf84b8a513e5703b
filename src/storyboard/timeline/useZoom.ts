import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { zoomIn, zoomOut } from './view.ts';

/** Wheel movement that counts as one step of the zoom, in pixels. */
const wheelStep = 60;

/**
 * Zooms with Ctrl and the wheel, or a pinch. What lies under the pointer stays there; without a pointer, what lies in
 * the middle.
 */
export function useZoom(view: RefObject<HTMLElement | null>, scale: number): void {
  /** Pixels from the left edge of the view. */
  const anchor = useRef<number | null>(null);
  const scaleBefore = useRef(scale);

  useEffect(() => {
    const { current } = view;
    if (!current) return;
    let turned = 0;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      turned += event.deltaY;
      if (Math.abs(turned) < wheelStep) return;
      anchor.current = event.clientX - current.getBoundingClientRect().left;
      (turned < 0 ? zoomIn : zoomOut)();
      turned = 0;
    };
    // React's own listener could not keep the page from zooming.
    current.addEventListener('wheel', onWheel, { passive: false });
    return () => current.removeEventListener('wheel', onWheel);
  }, [view]);

  useLayoutEffect(() => {
    const { current } = view;
    const grown = scale / scaleBefore.current;
    scaleBefore.current = scale;
    if (!current || !Number.isFinite(grown) || grown === 1) return;
    const kept = anchor.current ?? current.clientWidth / 2;
    anchor.current = null;
    current.scrollLeft = (current.scrollLeft + kept) * grown - kept;
  }, [view, scale]);
}
