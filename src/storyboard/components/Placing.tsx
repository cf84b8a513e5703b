import { type KeyboardEvent, useRef, useState } from 'react';
import { StillPicture } from '../../film/player/StillPicture.tsx';
import controls from '../../ui/controls.module.css';
import { useElementWidth } from '../../ui/useElementWidth.ts';
import { limits, type Place } from '../document.ts';
import { type End, movedTo, type Point, samePlace, scaledTo } from '../place.ts';
import type { SubjectPlace } from '../usePlace.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import { Held } from './Held.tsx';
import styles from './Placing.module.css';

/** Of the picture's width and height, around it: room for subjects that come in or go out. */
const margin = 0.16;
/** CSS pixels that the picture and what is around it may be high. */
const mostHeight = 230;
/** Shares of the picture that a key moves by, and with Shift. */
const nudge = { fine: 0.01, coarse: 0.1 };
const scaleStep = 1.05;
/** CSS pixels of the size's handle, to its middle. */
const handleReach = 6;

const arrows: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/**
 * The picture with the subject's ring where the shot begins and its dashed ring where it ends. Both are dragged, or moved
 * with the arrows; + and - make the subject larger and smaller. A drag is one undo step, one that is given up none.
 */
export function Placing({ index, subject }: { index: number; subject: SubjectPlace }) {
  const documentId = useStoryboard((state) => state.documentId);
  const origins = useStoryboard((state) => state.origins);
  const shotId = useStoryboard(({ document }) => document.shots[index]?.id ?? '');
  const aspect = useStoryboard(({ document }) => document.width / document.height);
  const frame = useRef<HTMLFieldSetElement>(null);
  const room = useElementWidth(frame);
  /** While something is dragged. */
  const [draft, setDraft] = useState<Place | null>(null);
  /** The same at once: the pointer may be let go before the last move is drawn. */
  const dragged = useRef<Place | null>(null);
  const { name, own } = subject;
  const place = draft ?? subject.place;
  const { editShot, endStep } = storyboard.actions;
  const width = Math.floor(Math.min(room / (1 + 2 * margin), (mostHeight / (1 + 2 * margin)) * aspect));
  const height = Math.round(width / aspect);
  const left = (room - width) / 2;
  const top = Math.round(margin * height);
  const scaled = draft ? draft.scale / subject.place.scale : 1;
  const radii = { x: subject.width * scaled * width, y: subject.height * scaled * height };

  function put(next: Place): void {
    if (!samePlace(next, subject.place)) editShot(shotId, { place: next });
  }

  function drag(to: Place | null): void {
    dragged.current = to;
    setDraft(to);
  }

  function drop(): void {
    endStep();
    if (dragged.current) put(dragged.current);
    endStep();
    drag(null);
  }

  /** A point under the pointer, which cannot take a ring out of what is to be seen. */
  function inRoom({ x, y }: Point): Point {
    const aside = width > 0 ? left / width : 0;
    return { x: clamp(x, -aside, 1 + aside), y: clamp(y, -margin, 1 + margin) };
  }

  function onKeyDown(event: KeyboardEvent, end: End | null): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = arrows[event.key];
    const by = event.shiftKey ? nudge.coarse : nudge.fine;
    const larger = event.key === '+' || event.key === '=' || (!end && (arrow?.x === 1 || arrow?.y === -1));
    const smaller = event.key === '-' || (!end && (arrow?.x === -1 || arrow?.y === 1));
    if (larger) put(scaledTo(place, place.scale * scaleStep));
    else if (smaller) put(scaledTo(place, place.scale / scaleStep));
    else if (end && arrow) {
      const { x, y } = place[end];
      put(movedTo(place, end, { x: x + by * arrow.x, y: y + by * arrow.y }));
    } else return;
    event.preventDefault();
  }

  const ring = (end: End) => {
    const { x, y } = place[end];
    const growth = end === 'to' ? subject.growth : 1;
    return (
      <Held
        className={styles.ring}
        data-end={end}
        aria-label={`${end === 'from' ? 'Start' : 'End'} of the ${name}`}
        value={[Math.round(100 * x), 100 * limits.place.min, 100 * limits.place.max]}
        aria-valuetext={`${percent(x)} across, ${percent(y)} down`}
        style={{
          left: x * width - radii.x * growth,
          top: y * height - radii.y * growth,
          width: 2 * radii.x * growth,
          height: 2 * radii.y * growth,
        }}
        onHeld={(by, { shiftKey }) => {
          const from = subject.place[end];
          const to = inRoom({ x: from.x + by.x / width, y: from.y + by.y / height });
          drag(movedTo(subject.place, end, to, shiftKey));
        }}
        onDropped={drop}
        onGivenUp={() => drag(null)}
        onKeyDown={(event) => onKeyDown(event, end)}
        onBlur={endStep}
      />
    );
  };

  const middle = { x: place.from.x * width, y: place.from.y * height };
  const corner = {
    x: clamp(middle.x + radii.x * Math.SQRT1_2, handleReach - left, width + left - handleReach),
    y: clamp(middle.y + radii.y * Math.SQRT1_2, handleReach - top, height + top - handleReach),
  };

  return (
    <fieldset ref={frame} className={styles.placing}>
      <legend className={styles.legend}>Where the {name} is</legend>
      <div className={styles.room} style={{ height: height + 2 * top }}>
        <div className={styles.picture} style={{ left, top, width, height }}>
          <StillPicture {...{ documentId, shotId, origins, width, height }} className={styles.still} />
          <svg className={styles.way} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
            <line x1={middle.x} y1={middle.y} x2={place.to.x * width} y2={place.to.y * height} />
          </svg>
          {ring('from')}
          {ring('to')}
          <Held
            className={styles.handle}
            aria-label={`Size of the ${name}`}
            value={[Math.round(100 * place.scale), 100 * limits.placeScale.min, 100 * limits.placeScale.max]}
            aria-valuetext={`${percent(place.scale)} of what the prompt asks for`}
            style={{ left: corner.x, top: corner.y }}
            onHeld={(by) => {
              // By how much further from the middle the handle is than where it was taken.
              const start = { x: subject.width * width, y: subject.height * height };
              const off = { x: start.x * Math.SQRT1_2, y: start.y * Math.SQRT1_2 };
              const grown = Math.hypot(off.x + by.x, off.y + by.y) / Math.max(1, Math.hypot(off.x, off.y));
              drag(scaledTo(subject.place, subject.place.scale * grown));
            }}
            onDropped={drop}
            onGivenUp={() => drag(null)}
            onKeyDown={(event) => onKeyDown(event, null)}
            onBlur={endStep}
          />
        </div>
      </div>
      <div className={styles.words}>
        <p title="Drag either to its place; with Shift both go. Escape gives a drag up.">○ start · ● end</p>
        <button
          type="button"
          className={controls.aside}
          aria-disabled={!own}
          title={`Leave it to the prompt where the ${name} is`}
          onClick={() => {
            endStep();
            if (own) editShot(shotId, { place: undefined });
            endStep();
          }}
        >
          As the prompt says
        </button>
      </div>
    </fieldset>
  );
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
