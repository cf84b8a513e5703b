import { type CSSProperties, type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { StillPicture } from '../../film/player/StillPicture.tsx';
import controls from '../../ui/controls.module.css';
import { useElementWidth } from '../../ui/useElementWidth.ts';
import type { Place } from '../document.ts';
import { type End, movedTo, type Point, scaledTo } from '../place.ts';
import type { SubjectPlace } from '../usePlace.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import styles from './Placing.module.css';

/** Of the picture's width and height, around it: room for subjects that come in or go out. */
const margin = 0.16;
/** CSS pixels that the picture and what is around it may be high. */
const mostHeight = 230;
/** Shares of the picture that a key moves by, and with Shift. */
const nudge = { fine: 0.01, coarse: 0.1 };
const scaleStep = 1.05;

const arrows: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

interface PlacingProps {
  index: number;
  subject: SubjectPlace;
}

/** The picture with the subject's ring where the shot begins and its dashed ring where it ends; both can be moved. */
export function Placing({ index, subject }: PlacingProps) {
  const documentId = useStoryboard((state) => state.documentId);
  const origins = useStoryboard((state) => state.origins);
  const shotId = useStoryboard(({ document }) => document.shots[index]?.id ?? '');
  const aspect = useStoryboard(({ document }) => document.width / document.height);
  const frame = useRef<HTMLFieldSetElement>(null);
  const room = useElementWidth(frame);
  const { name, place, own } = subject;
  const { editShot, endStep } = storyboard.actions;
  const width = Math.floor(Math.min(room / (1 + 2 * margin), (mostHeight / (1 + 2 * margin)) * aspect));
  const height = Math.round(width / aspect);
  const left = (room - width) / 2;
  const top = margin * height;

  function put(next: Place | undefined): void {
    editShot(shotId, { place: next });
  }

  const ringOf = (end: End): RingProps => ({
    end,
    name,
    place,
    size: { width: subject.width, height: subject.height },
    growth: end === 'to' ? subject.growth : 1,
    picture: { width, height },
    onPlace: put,
    onDone: endStep,
  });

  return (
    <fieldset ref={frame} className={styles.placing}>
      <legend className={styles.legend}>Where the {name} is</legend>
      <div className={styles.room} style={{ height: height + 2 * top }}>
        <div className={styles.picture} style={{ left, top, width, height }}>
          <StillPicture {...{ documentId, shotId, origins, width, height }} className={styles.still} />
          <svg className={styles.way} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
            <line
              x1={place.from.x * width}
              y1={place.from.y * height}
              x2={place.to.x * width}
              y2={place.to.y * height}
            />
          </svg>
          <Ring {...ringOf('to')} />
          <Ring {...ringOf('from')} />
          <SizeHandle {...ringOf('from')} />
        </div>
      </div>
      <div className={styles.words}>
        <p>Drag the ring to its start, the dashed one to its end; with Shift both.</p>
        <button
          type="button"
          className={controls.aside}
          disabled={!own}
          title={`Leave it to the prompt where the ${name} is`}
          onClick={() => {
            endStep();
            put(undefined);
            endStep();
          }}
        >
          As the prompt says
        </button>
      </div>
    </fieldset>
  );
}

interface RingProps {
  end: End;
  name: string;
  place: Place;
  /** Radii at the scale of the place, in shares of the picture. */
  size: { width: number; height: number };
  growth: number;
  /** CSS pixels. */
  picture: { width: number; height: number };
  onPlace: (place: Place) => void;
  onDone: () => void;
}

/** The subject's outline at one end of its way: dragged, or moved with the arrows; + and - make it larger and smaller. */
function Ring({ end, name, place, size, growth, picture, onPlace, onDone }: RingProps) {
  /** Where the pointer holds the ring, from its middle. */
  const hold = useRef<Point | null>(null);
  const { x, y } = place[end];

  function pointOf({ clientX, clientY, currentTarget }: PointerEvent): Point {
    const box = currentTarget.parentElement?.getBoundingClientRect() ?? { left: 0, top: 0 };
    return { x: (clientX - box.left) / picture.width, y: (clientY - box.top) / picture.height };
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = arrows[event.key];
    const by = event.shiftKey ? nudge.coarse : nudge.fine;
    if (arrow) onPlace(movedTo(place, end, { x: x + by * arrow.x, y: y + by * arrow.y }));
    else if (event.key === '+' || event.key === '=') onPlace(scaledTo(place, place.scale * scaleStep));
    else if (event.key === '-') onPlace(scaledTo(place, place.scale / scaleStep));
    else return;
    event.preventDefault();
  }

  return (
    <button
      type="button"
      className={styles.ring}
      data-end={end}
      aria-label={`${end === 'from' ? 'Start' : 'End'} of the ${name}: ${percent(x)} across, ${percent(y)} down`}
      style={ellipse({ x, y }, size, growth, picture)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = pointOf(event);
        hold.current = { x: at.x - x, y: at.y - y };
        onDone();
      }}
      onPointerMove={(event) => {
        if (!hold.current) return;
        const at = pointOf(event);
        onPlace(movedTo(place, end, { x: at.x - hold.current.x, y: at.y - hold.current.y }, event.shiftKey));
      }}
      onLostPointerCapture={() => {
        hold.current = null;
        onDone();
      }}
      onKeyDown={onKeyDown}
      onBlur={onDone}
    />
  );
}

/** Makes the subject larger and smaller against what the prompt asks for. */
function SizeHandle({ name, place, size, picture, onPlace, onDone }: RingProps) {
  const held = useRef<{ scale: number; distance: number } | null>(null);
  const { x, y } = place.from;
  const corner = {
    left: (x + size.width * Math.SQRT1_2) * picture.width,
    top: (y + size.height * Math.SQRT1_2) * picture.height,
  };

  function distanceOf({ clientX, clientY, currentTarget }: PointerEvent): number {
    const box = currentTarget.parentElement?.getBoundingClientRect() ?? { left: 0, top: 0 };
    return Math.hypot(clientX - box.left - x * picture.width, clientY - box.top - y * picture.height);
  }

  return (
    <button
      type="button"
      className={styles.handle}
      aria-label={`Size of the ${name}: ${percent(place.scale)} of what the prompt asks for`}
      style={corner}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = { scale: place.scale, distance: Math.max(1, distanceOf(event)) };
        onDone();
      }}
      onPointerMove={(event) => {
        if (!held.current) return;
        onPlace(scaledTo(place, (held.current.scale * distanceOf(event)) / held.current.distance));
      }}
      onLostPointerCapture={() => {
        held.current = null;
        onDone();
      }}
      onKeyDown={(event) => {
        const larger = event.key === 'ArrowUp' || event.key === 'ArrowRight' || event.key === '+';
        const smaller = event.key === 'ArrowDown' || event.key === 'ArrowLeft' || event.key === '-';
        if (event.ctrlKey || event.metaKey || event.altKey || !(larger || smaller)) return;
        event.preventDefault();
        onPlace(scaledTo(place, larger ? place.scale * scaleStep : place.scale / scaleStep));
      }}
      onBlur={onDone}
    />
  );
}

function ellipse(
  { x, y }: Point,
  size: { width: number; height: number },
  growth: number,
  picture: { width: number; height: number },
): CSSProperties {
  const width = 2 * size.width * growth * picture.width;
  const height = 2 * size.height * growth * picture.height;
  return { left: x * picture.width - width / 2, top: y * picture.height - height / 2, width, height };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
