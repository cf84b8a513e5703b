import { useSortable } from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { useCallback, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { Icon } from '../../ui/Icon.tsx';
import { selectedShot } from '../store.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import { writing } from '../writing.ts';
import styles from './ShotCard.module.css';
import { ShotCardBody, type ShotCardProps } from './ShotCardBody.tsx';

/** The person asked for less motion: cards jump aside instead of gliding. */
const calm = window.matchMedia('(prefers-reduced-motion: reduce)');

/** A shot on the storyboard, in its place among the others. */
export function ShotCard({ shot, number, seconds, alone }: ShotCardProps) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } =
    useSortable({ id: shot.id, ...(calm.matches && { transition: null }) });
  const selected = useStoryboard((state) => selectedShot(state).shot.id === shot.id);
  const card = useRef<HTMLLIElement | null>(null);
  const isNext = useStore(writing, ({ shotId }) => shotId === shot.id);
  const { select } = storyboard.actions;

  const setCard = useCallback(
    (element: HTMLLIElement | null) => {
      card.current = element;
      setNodeRef(element);
    },
    [setNodeRef],
  );

  useEffect(() => {
    if (selected) card.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);

  useEffect(() => {
    if (!isNext) return;
    card.current?.querySelector('textarea')?.focus();
    writing.setState({ shotId: null });
  }, [isNext]);

  return (
    <li
      ref={setCard}
      className={styles.card}
      style={{ transform: CSS.Translate.toString(transform), transition }}
      data-selected={selected}
      data-dragging={isDragging}
      aria-current={selected}
      onFocus={() => select(shot.id)}
      onPointerDown={() => select(shot.id)}
    >
      <button
        type="button"
        ref={setActivatorNodeRef}
        className={styles.grip}
        {...attributes}
        {...listeners}
        aria-label={`Move shot ${number}`}
        title="Drag to reorder"
      >
        <Icon name="grip" size={14} />
      </button>
      <ShotCardBody shot={shot} number={number} seconds={seconds} alone={alone} />
    </li>
  );
}
