import { useEffect, useEffectEvent } from 'react';
import { mapFrame } from '../film/player/mapFrame.ts';
import { withIn, withOut } from '../film/player/range.ts';
import { playhead } from '../film/player/usePlayer.ts';
import { type Reroll, useReroll } from '../storyboard/reroll.ts';
import { selectedShot } from '../storyboard/store.ts';
import { useGeometry } from '../storyboard/studioModel.ts';
import {
  chooseTool,
  timelineView,
  toggleBlade,
  zoomIn,
  zoomOut,
  zoomToFit,
} from '../storyboard/timeline/view.ts';
import { storyboard, useStoryboard } from '../storyboard/useStoryboard.ts';
import { addAndWrite } from '../storyboard/writing.ts';
import { isInOverlay, isTextField, takesKeyItself } from './keyTargets.ts';
import { inspector } from './router/useInspector.ts';
import { type Cutting, useCutting } from './useCutting.ts';
import { useGenerate } from './useGenerate.ts';
import { useShown } from './useShown.ts';

type Command = () => void;

/** The page's keys; keys.ts lists them for the person. */
export function useKeyboard(): void {
  const generate = useGenerate();
  const cutting = useCutting();
  const cuts = useCuts();
  const reroll = useReroll();

  function toCut(direction: 1 | -1): void {
    const { frame } = playhead.getState();
    const cut =
      direction > 0 ? cuts.find(({ start }) => start > frame) : cuts.findLast(({ start }) => start < frame);
    if (!cut) return;
    playhead.actions.pause();
    playhead.actions.seek(cut.start);
    storyboard.actions.select(cut.id);
  }

  // Before the focused element, since a button may take Ctrl+Enter for Enter.
  useKeyDown({ capture: true }, (event) => {
    if (isInOverlay(event.target)) return;
    if (event.ctrlKey || event.metaKey) run(event, editing(event, generate));
  });
  useKeyDown({ capture: false }, (event) => {
    if (event.ctrlKey || event.metaKey || takesKeyItself(event)) return;
    run(
      event,
      event.altKey
        ? rearranging(event, cutting)
        : (playing(event, toCut) ?? cuttingBy(event, cutting) ?? rerolling(event, reroll) ?? viewing(event)),
    );
  });
}

/** Where the shots of the storyboard begin in what the stage shows, in its order. */
function useCuts(): readonly { id: string; start: number }[] {
  const edited = useGeometry();
  const shown = useShown()?.geometry;
  const origins = useStoryboard((state) => state.origins);
  if (!edited || !shown) return [];
  return edited.shots
    .flatMap(({ id, frames }) => {
      const start = mapFrame(frames.start, edited.shots, shown.shots, origins);
      return start === null ? [] : [{ id, start }];
    })
    .sort((a, b) => a.start - b.start);
}

export function useKeysDialogKey(show: Command): void {
  useKeyDown({ capture: false }, (event) => {
    if (event.key === '?' && !isTextField(event.target)) show();
  });
}

function run(event: KeyboardEvent, command: Command | undefined): void {
  if (!command) return;
  event.preventDefault();
  event.stopPropagation();
  command();
}

function useKeyDown({ capture }: { capture: boolean }, listener: (event: KeyboardEvent) => void): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (!event.defaultPrevented) listener(event);
  });
  useEffect(() => {
    const handle = (event: KeyboardEvent) => onKeyDown(event);
    window.addEventListener('keydown', handle, { capture });
    return () => window.removeEventListener('keydown', handle, { capture });
  }, [capture]);
}

/** With Ctrl or Command: these work in the storyboard's text fields too, whose own undo knows nothing of the rest of it. */
function editing(event: KeyboardEvent, generate: Command): Command | undefined {
  const { actions } = storyboard;
  switch (event.key.toLowerCase()) {
    case 'z':
      return event.shiftKey ? actions.redo : actions.undo;
    case 'y':
      return actions.redo;
    case 'd':
      return () => void actions.duplicateShot(selectedId());
    case 'enter':
      return event.shiftKey ? addAndWrite : generate;
    default:
      return undefined;
  }
}

/** With Alt: the arrows move and trim the selected shot, with Shift its cut. */
function rearranging({ key, code, shiftKey }: KeyboardEvent, { trim, roll }: Cutting): Command | undefined {
  const { index } = selectedShot(storyboard.getState());
  switch (key) {
    case 'ArrowUp':
      return () => storyboard.actions.moveShot(selectedId(), index - 1);
    case 'ArrowDown':
      return () => storyboard.actions.moveShot(selectedId(), index + 1);
    case 'ArrowLeft':
      return () => (shiftKey ? roll(-1) : trim(-1));
    case 'ArrowRight':
      return () => (shiftKey ? roll(1) : trim(1));
    default:
      // On a Mac, Alt makes another letter of it.
      return code === 'KeyX' ? () => playhead.actions.setRange(null) : undefined;
  }
}

function cuttingBy({ key }: KeyboardEvent, { split, merge, trim }: Cutting): Command | undefined {
  switch (letter(key)) {
    case 's':
      return split;
    case 'm':
      return merge;
    case ',':
      return () => trim(-1);
    case '.':
      return () => trim(1);
    case 'Delete':
    case 'Backspace':
      return () => storyboard.actions.removeShot(selectedId());
    default:
      return undefined;
  }
}

function rerolling({ key, shiftKey }: KeyboardEvent, reroll: Reroll | null): Command | undefined {
  if (letter(key) !== 'r' || !reroll) return undefined;
  return shiftKey ? reroll.film : () => reroll.shot(selectedId());
}

function playing({ key, shiftKey }: KeyboardEvent, toCut: (direction: 1 | -1) => void): Command | undefined {
  const { toggle, shuttle, pause, step, seek, setRange } = playhead.actions;
  const { frame, frames, fps, range } = playhead.getState();
  const stride = shiftKey ? fps : 1;
  switch (letter(key)) {
    case ' ':
      return toggle;
    case 'j':
      return () => shuttle(-1);
    case 'k':
      return pause;
    case 'l':
      return () => shuttle(1);
    case 'ArrowLeft':
      return () => step(-stride);
    case 'ArrowRight':
      return () => step(stride);
    case 'ArrowUp':
      return () => toCut(-1);
    case 'ArrowDown':
      return () => toCut(1);
    case 'i':
      return () => setRange(withIn(range, frame, frames));
    case 'o':
      return () => setRange(withOut(range, frame));
    case 'Home':
      return () => seek(0);
    case 'End':
      return () => seek(frames - 1);
    default:
      return undefined;
  }
}

/** How the timeline is looked at. Ctrl with plus and minus belongs to the browser. */
function viewing({ key }: KeyboardEvent): Command | undefined {
  switch (letter(key)) {
    case 'b':
      return toggleBlade;
    case 'g':
      return inspector.actions.toggle;
    case '=':
    case '+':
      return zoomIn;
    case '-':
      return zoomOut;
    case '\\':
      return zoomToFit;
    case 'Escape':
      return timelineView.getState().tool === 'blade' ? () => chooseTool('select') : undefined;
    default:
      return undefined;
  }
}

/** Letters count as themselves when Caps Lock is on. */
function letter(key: string): string {
  return key.length === 1 ? key.toLowerCase() : key;
}

function selectedId(): string {
  return selectedShot(storyboard.getState()).shot.id;
}
