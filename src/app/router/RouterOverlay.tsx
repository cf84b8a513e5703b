import { type KeyboardEvent, type MouseEvent, type PointerEvent, useRef } from 'react';
import { useCanvas } from '../../film/player/useCanvas.ts';
import { useElementWidth } from '../../ui/useElementWidth.ts';
import { cellArea, drawGroups, drawRing } from './drawGroups.ts';
import { placeWords } from './placeWords.ts';
import styles from './RouterOverlay.module.css';
import { inspector, type RouterView, useInspectorView } from './useInspector.ts';

/** The groups, painted over the film on the stage. */
export function RouterOverlay() {
  const shown = useInspectorView();
  return shown?.status === 'ready' ? <PatchPicker view={shown.view} /> : null;
}

function PatchPicker({ view }: { view: RouterView }) {
  const { film, map, latentFrame, token, lit } = view;
  const { grid, tokensPerFrame, width: filmWidth, height: filmHeight } = film.geometry;
  const box = useRef<HTMLButtonElement>(null);
  const width = useElementWidth(box);
  const height = (width * filmHeight) / filmWidth;
  const first = latentFrame * tokensPerFrame;
  const cell = token !== null && token >= first && token < first + tokensPerFrame ? token - first : null;

  const canvas = useCanvas(width, height, (context) => {
    const area = { x: 0, y: 0, width, height };
    drawGroups(context, area, { ...grid, group: map.group.subarray(first, first + tokensPerFrame), lit });
    if (cell !== null) drawRing(context, cellArea(area, grid, cell));
  });

  function cellUnder({ clientX, clientY }: MouseEvent): number {
    const bounds = box.current?.getBoundingClientRect();
    if (!bounds) return 0;
    const column = Math.floor(((clientX - bounds.left) / bounds.width) * grid.columns);
    const row = Math.floor(((clientY - bounds.top) / bounds.height) * grid.rows);
    return clamp(row, grid.rows) * grid.columns + clamp(column, grid.columns);
  }

  function onPointerMove(event: PointerEvent): void {
    inspector.actions.point({ kind: 'cell', cell: cellUnder(event) });
  }

  /** Enter and the space bar click, too, but nowhere. */
  function onClick(event: MouseEvent): void {
    const chosen = event.detail === 0 ? (cell ?? 0) : cellUnder(event);
    inspector.actions.pin({ kind: 'token', token: first + chosen });
  }

  function onKeyDown(event: KeyboardEvent): void {
    const next = moved(event.key, cell, grid);
    if (next !== null) {
      event.preventDefault();
      inspector.actions.point({ kind: 'cell', cell: next });
    } else if (event.key === 'Escape') {
      event.preventDefault();
      inspector.actions.point(null);
      inspector.actions.pin(null);
    }
  }

  return (
    <button
      ref={box}
      type="button"
      className={styles.overlay}
      data-grey={lit === null}
      aria-label={`Groups over the film: ${token === null ? 'no patch chosen' : placeWords(view, token)}`}
      aria-roledescription="patch picker"
      aria-keyshortcuts="ArrowLeft ArrowRight ArrowUp ArrowDown Enter Escape"
      onPointerMove={onPointerMove}
      onPointerLeave={() => inspector.actions.point(null)}
      onBlur={() => inspector.actions.point(null)}
      onClick={onClick}
      onKeyDown={onKeyDown}
    >
      <canvas ref={canvas} className={styles.canvas} />
    </button>
  );
}

/** The patch next to another; null for other keys. */
function moved(key: string, from: number | null, grid: { rows: number; columns: number }): number | null {
  const offsets: Record<string, [number, number]> = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
  };
  const offset = offsets[key];
  if (!offset) return null;
  if (from === null) return Math.floor(grid.rows / 2) * grid.columns + Math.floor(grid.columns / 2);
  const row = clamp(Math.floor(from / grid.columns) + offset[0], grid.rows);
  return row * grid.columns + clamp((from % grid.columns) + offset[1], grid.columns);
}

function clamp(value: number, end: number): number {
  return Math.min(Math.max(value, 0), end - 1);
}
