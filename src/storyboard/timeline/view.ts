import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

/** What a press on a clip does. */
export type Tool = 'select' | 'blade';

export interface TimelineView {
  /** How many times the width at which the whole film fits. */
  zoom: number;
  tool: Tool;
}

const zooms = [1, 1.5, 2, 3, 4, 6, 8, 12] as const;

export const widestZoom = zooms[0];
export const closestZoom = zooms[zooms.length - 1] ?? widestZoom;

/** How the timeline is looked at and worked on. It is no part of the document and of no undo step. */
export const timelineView = createStore<TimelineView>()(() => ({ zoom: widestZoom, tool: 'select' }));

export function useTimelineView<T>(select: (state: TimelineView) => T): T {
  return useStore(timelineView, select);
}

export function zoomIn(): void {
  timelineView.setState(({ zoom }) => ({ zoom: zooms.find((step) => step > zoom) ?? zoom }));
}

export function zoomOut(): void {
  timelineView.setState(({ zoom }) => ({ zoom: zooms.findLast((step) => step < zoom) ?? zoom }));
}

/** The whole film at once. */
export function zoomToFit(): void {
  timelineView.setState({ zoom: widestZoom });
}

export function chooseTool(tool: Tool): void {
  timelineView.setState({ tool });
}

export function toggleBlade(): void {
  timelineView.setState(({ tool }) => ({ tool: tool === 'blade' ? 'select' : 'blade' }));
}
