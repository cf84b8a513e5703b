import { IconButton } from '../../ui/IconButton.tsx';
import styles from './Timeline.module.css';
import { closestZoom, toggleBlade, useTimelineView, widestZoom, zoomIn, zoomOut, zoomToFit } from './view.ts';

/** Buttons beside the clips. */
export function Tools({ onSplit, onMerge }: { onSplit: () => void; onMerge: () => void }) {
  const zoom = useTimelineView((view) => view.zoom);
  const tool = useTimelineView((view) => view.tool);
  return (
    <div className={styles.tools} role="toolbar" aria-label="Timeline tools">
      <IconButton
        icon="split"
        label="Split at the playhead"
        title="Split at the playhead (S)"
        onClick={onSplit}
      />
      <IconButton
        icon="blade"
        label="Blade"
        title="Blade: click a clip to split it there (B)"
        aria-pressed={tool === 'blade'}
        onClick={toggleBlade}
      />
      <IconButton
        icon="merge"
        label="Merge with the next shot"
        title="Merge with the next shot (M)"
        onClick={onMerge}
      />
      <IconButton
        icon="fit"
        label="Zoom to the whole film"
        title="Zoom to the whole film (\)"
        disabled={zoom === widestZoom}
        onClick={zoomToFit}
      />
      <IconButton
        icon="minus"
        label="Zoom out"
        title="Zoom out (−)"
        disabled={zoom === widestZoom}
        onClick={zoomOut}
      />
      <IconButton
        icon="add"
        label="Zoom in"
        title="Zoom in (+)"
        disabled={zoom === closestZoom}
        onClick={zoomIn}
      />
    </div>
  );
}
