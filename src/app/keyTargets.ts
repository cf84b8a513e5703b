const arrows = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];

/** Keys that work a control. A radio button that is chosen has no use for Space. */
const keysOfControls: readonly [control: string, keys: readonly string[]][] = [
  ['input[type="radio"]', arrows],
  ['input[type="radio"]:not(:checked), input[type="checkbox"]', [' ']],
  ['input[type="range"], [role="tab"]', [...arrows, 'Home', 'End']],
  ['button, a, summary, [role="button"]', [' ']],
];

/** Whether what has the focus takes a key before the page: some take every one, a button or the like those that work it. */
export function takesKeyItself({ target, key }: KeyboardEvent): boolean {
  if (isTextField(target) || isInOverlay(target)) return true;
  if (!(target instanceof Element)) return false;
  if (target.closest('select')) return true;
  // A shot being moved by keyboard takes the arrows.
  if (target.closest('[aria-roledescription="sortable"][aria-pressed="true"]')) return true;
  // A clip that was clicked leaves Space to the film.
  if (target.closest('[data-clip]')) return false;
  return keysOfControls.some(([control, keys]) => keys.includes(key) && target.closest(control));
}

/** Whether it lies in a dialog, panel or menu over the page, which has fields and an undo of its own. */
export function isInOverlay(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="dialog"], [role="menu"]') !== null;
}

export function isTextField(target: EventTarget | null): boolean {
  const field = 'textarea, input:not([type="radio"], [type="checkbox"], [type="range"])';
  return target instanceof Element && target.closest(field) !== null;
}
