import { useCanvas } from '../../film/player/useCanvas.ts';
import controls from '../../ui/controls.module.css';
import { paint } from './drawGroups.ts';
import styles from './GroupLegend.module.css';
import { groupPaint, inkOn } from './palette.ts';
import { percent } from './percent.ts';
import type { RouterMap } from './routerMap.ts';
import { inspector } from './useInspector.ts';

/** Every group with its number, its colour and its share of the film; pointing at one lights it. */
export function GroupLegend({ map, lit }: { map: RouterMap; lit: number | null }) {
  const tokens = map.group.length;
  return (
    <ul className={styles.legend} aria-label="Groups and their patches">
      {map.counts.map((count, group) => {
        const number = group + 1;
        const focus = { kind: 'group', group } as const;
        return (
          <li key={number}>
            <button
              type="button"
              className={styles.group}
              data-lit={lit === group}
              data-dim={lit !== null && lit !== group}
              aria-pressed={lit === group}
              aria-label={`Group ${number}: ${count} patches, ${percent(count / tokens)} of the film`}
              onPointerEnter={() => inspector.actions.point(focus)}
              onPointerLeave={() => inspector.actions.point(null)}
              onClick={() => inspector.actions.pin(focus)}
            >
              <Swatch group={group} />
              <span className={styles.bar}>
                <span style={{ width: `${(100 * count) / tokens}%`, background: groupPaint(group).colour }} />
              </span>
              <span className={`${controls.numbers} ${styles.count}`}>
                {count.toLocaleString('en')} · {percent(count / tokens)}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

const side = 15;

function Swatch({ group }: { group: number }) {
  const { colour } = groupPaint(group);
  const canvas = useCanvas(side, side, (context) =>
    paint(context, { x: 0, y: 0, width: side, height: side }, group, 1),
  );
  return (
    <span className={styles.swatch} style={{ color: inkOn(colour) }}>
      <canvas ref={canvas} style={{ width: side, height: side }} />
      <span className={controls.numbers}>{group + 1}</span>
    </span>
  );
}
