import { type RefObject, useEffect, useEffectEvent } from 'react';

interface TrackKeys {
  /** Escape while something is being dragged. Returns whether there was. */
  onEscape: () => boolean;
  /** Returns whether the clip takes the key. */
  onClipKey: (key: string, shotId: string) => boolean;
  /** The focus leaves a clip. */
  onLeave: () => void;
}

/** Keys of what has the focus on the track; a key that is taken goes no further. */
export function useTrackKeys(track: RefObject<HTMLElement | null>, keys: TrackKeys): void {
  const takes = useEffectEvent(({ key, target }: KeyboardEvent): boolean => {
    if (key === 'Escape' && keys.onEscape()) return true;
    const clip = target instanceof Element ? target.closest<HTMLElement>('[data-shot]') : null;
    return clip?.dataset.shot !== undefined && keys.onClipKey(key, clip.dataset.shot);
  });
  const leave = useEffectEvent(() => keys.onLeave());

  useEffect(() => {
    const { current } = track;
    if (!current) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !takes(event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const onFocusOut = () => leave();
    current.addEventListener('keydown', onKeyDown);
    current.addEventListener('focusout', onFocusOut);
    return () => {
      current.removeEventListener('keydown', onKeyDown);
      current.removeEventListener('focusout', onFocusOut);
    };
  }, [track]);
}
