import {
  type Announcements,
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { SortableContext, sortableKeyboardCoordinates, verticalListSortingStrategy } from '@dnd-kit/sortable';
import { useShallow } from 'zustand/react/shallow';
import { useGeometry } from '../studioModel.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import { ShotCard } from './ShotCard.tsx';
import styles from './ShotList.module.css';

const instructions =
  'Press Space or Enter to pick the shot up, the arrow keys to move it, Space or Enter to put it down, Escape to leave it where it was.';

const announcements: Announcements = {
  onDragStart: ({ active }) => `Picked up shot ${numberOf(active.id)}.`,
  onDragOver: ({ over }) => (over ? `Over place ${numberOf(over.id)}.` : undefined),
  // The list is in its new order by now.
  onDragEnd: ({ active, over }) => (over ? `Put down at place ${numberOf(active.id)}.` : 'Put back.'),
  onDragCancel: ({ active }) => `Shot ${numberOf(active.id)} stays where it was.`,
};

export function ShotList() {
  const shots = useStoryboard((state) => state.document.shots);
  const geometry = useGeometry();
  // A new list would draw every card anew, whatever the edit was.
  const ids = useStoryboard(useShallow((state) => state.document.shots.map(({ id }) => id)));
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );

  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      accessibility={{ announcements, screenReaderInstructions: { draggable: instructions } }}
      onDragEnd={moveShot}
    >
      <SortableContext items={ids} strategy={verticalListSortingStrategy}>
        <ol className={styles.list}>
          {shots.map((shot, index) => (
            <ShotCard
              key={shot.id}
              shot={shot}
              number={index + 1}
              seconds={geometry?.shots[index]?.seconds ?? shot.seconds}
              alone={shots.length === 1}
            />
          ))}
        </ol>
      </SortableContext>
    </DndContext>
  );
}

function moveShot({ active, over }: DragEndEvent): void {
  if (over) storyboard.actions.moveShot(String(active.id), positionOf(over.id));
}

function positionOf(id: string | number): number {
  return storyboard.getState().document.shots.findIndex((shot) => shot.id === id);
}

function numberOf(id: string | number): number {
  return positionOf(id) + 1;
}
