import { useEffect, useEffectEvent } from 'react';
import { playhead } from '../film/player/usePlayer.ts';
import { selectedShot } from '../storyboard/store.ts';
import { storyboard } from '../storyboard/useStoryboard.ts';
import { type Cutting, useCutting } from './useCutting.ts';
import { useGenerate } from './useGenerate.ts';
import { useShown } from './useShown.ts';

type Command = () => void;

/** The page's keys; keys.ts lists them for the person. */
export function useKeyboard(): void {
  const generate = useGenerate();
  const cutting = useCutting();
  const cuts = useShown()?.geometry.shots.map(({ id, frames }) => ({ id, start: frames.start })) ?? [];

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
    if (event.ctrlKey || event.metaKey) run(event, editing(event, generate));
  });
  useKeyDown({ capture: false }, (event) => {
    if (event.ctrlKey || event.metaKey || wantsKeysItself(event)) return;
    run(
      event,
      event.altKey ? rearranging(event, cutting) : (playing(event, toCut) ?? cuttingBy(event, cutting)),
    );
  });
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

/** With Ctrl or Command: these work in text fields too, whose own undo knows nothing of the rest of the storyboard. */
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
      return generate;
    default:
      return undefined;
  }
}

/** With Alt: the arrows move and trim the selected shot. */
function rearranging({ key }: KeyboardEvent, { trim }: Cutting): Command | undefined {
  const { index } = selectedShot(storyboard.getState());
  switch (key) {
    case 'ArrowUp':
      return () => storyboard.actions.moveShot(selectedId(), index - 1);
    case 'ArrowDown':
      return () => storyboard.actions.moveShot(selectedId(), index + 1);
    case 'ArrowLeft':
      return () => trim(-1);
    case 'ArrowRight':
      return () => trim(1);
    default:
      return undefined;
  }
}

function cuttingBy({ key }: KeyboardEvent, { split, merge, trim }: Cutting): Command | undefined {
  switch (key) {
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

function playing({ key, shiftKey }: KeyboardEvent, toCut: (direction: 1 | -1) => void): Command | undefined {
  const { toggle, shuttle, pause, step, seek } = playhead.actions;
  const { frames, fps } = playhead.getState();
  const stride = shiftKey ? fps : 1;
  switch (key) {
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
    case 'Home':
      return () => seek(0);
    case 'End':
      return () => seek(frames - 1);
    default:
      return undefined;
  }
}

function selectedId(): string {
  return selectedShot(storyboard.getState()).shot.id;
}

/** Text fields take every key; buttons, menus and the like take those that work them. */
function wantsKeysItself({ target, key }: KeyboardEvent): boolean {
  if (isTextField(target)) return true;
  if (!(target instanceof Element)) return false;
  if (target.closest('[role="menu"], [role="dialog"], [role="tablist"], [role="radiogroup"], select, input'))
    return true;
  // A shot being moved by keyboard takes the arrows.
  if (target.closest('[aria-roledescription="sortable"][aria-pressed="true"]')) return true;
  return key === ' ' && target.closest('button, a, [role="button"]') !== null;
}

function isTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('textarea, input:not([type="radio"], [type="checkbox"])') !== null
  );
}
