import { useRef } from 'react';

/** For a menu or panel whose closing may leave the focus to what it opened, in place of giving it back to its button. */
export function useLeaveFocus() {
  const leaves = useRef(false);
  return {
    /** Once, when it closes next. */
    leaveFocus(): void {
      leaves.current = true;
    },
    onCloseAutoFocus(event: Event): void {
      if (leaves.current) event.preventDefault();
      leaves.current = false;
    },
  };
}
