/** Outlines on a 16 by 16 grid. */
const outlines = {
  add: 'M8 3v10M3 8h10',
  back: 'M11.5 3.5v9L5.5 8zM4 3.5v9',
  blade: 'M10.5 2.5 13.5 5.5 7 12l-4.5 1.5L4 9zM9 4l3 3',
  bell: 'M4 11.5h8l-1-1.7V7a3 3 0 0 0-6 0v2.8zM7 13.5h2',
  compare: 'M2.5 3.5h11v9h-11zM8 3.5v9',
  check: 'M3 8.5 6.5 12 13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  chevron: 'M4.5 6.5 8 10l3.5-3.5',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
  dice: 'M3 5.2 8 2.5l5 2.7v5.6l-5 2.7-5-2.7zM3 5.2l5 2.7 5-2.7M8 7.9v5.6',
  download: 'M8 2.5v7M4.8 6.7 8 9.9l3.2-3.2M3 13h10',
  end: 'M4.5 3.5v9l6-4.5zM12 3.5v9',
  fit: 'M2.5 4v8M13.5 4v8M5 8h6M6.6 6.4 5 8l1.6 1.6M9.4 6.4 11 8 9.4 9.6',
  folder: 'M2.5 12.5v-9h4l1.5 2h5.5v7z',
  forward: 'M6.5 3.5 11 8l-4.5 4.5',
  groups: 'M2.5 2.5h5v5h-5zM10 2.5h3.5V6H10zM10 8.5h3.5v5H8V10h2zM2.5 10h3v3.5h-3z',
  grip: 'M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  keyboard: 'M2 4.5h12v7H2zM4.5 7h.01M7 7h.01M9.5 7h.01M12 7h.01M5 9.5h6',
  unlock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 4.6-1.3',
  loop: 'M3 8V6.5A2 2 0 0 1 5 4.5h7.5M10.5 2.5l2 2-2 2M13 8v1.5a2 2 0 0 1-2 2H3.5M5.5 13.5l-2-2 2-2',
  merge: 'M2.5 4.5v7M13.5 4.5v7M4.5 8h7M9.8 6.2 8 8l1.8 1.8M6.2 6.2 8 8 6.2 9.8',
  minus: 'M3 8h10',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  pin: 'M6 2.5h4M6.6 2.5v4L4.5 9.5h7L9.4 6.5v-4M8 9.5v4',
  pencil: 'M3 13l.6-2.8 7.2-7.2 2.2 2.2-7.2 7.2zM9.5 4.3l2.2 2.2',
  play: 'M5 3.2v9.6L12.5 8z',
  projects: 'M2.5 3h4.6v4H2.5zM8.9 3h4.6v4H8.9zM2.5 9h4.6v4H2.5zM8.9 9h4.6v4H8.9z',
  redo: 'M12.5 6.5H6.2a3 3 0 0 0 0 6H9M10 4l2.5 2.5L10 9',
  restart: 'M4.2 4.6A5 5 0 1 1 3 8M4.2 2v2.8H7',
  rewind: 'M9.5 3.5 5 8l4.5 4.5',
  reroll: 'M12.5 6.2A5 5 0 0 0 3.4 6M12.8 3v3.3H9.5M3.5 9.8A5 5 0 0 0 12.6 10M3.2 13V9.7h3.3',
  split: 'M8 2.5v11M2.5 5h3v6h-3M13.5 5h-3v6h3',
  stop: 'M4.5 4.5h7v7h-7z',
  takes: 'M2.5 5.5h8v8h-8zM5.5 5.5v-3h8v8h-3',
  trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9',
  undo: 'M3.5 6.5h6.3a3 3 0 0 1 0 6H7M6 4 3.5 6.5 6 9',
  warning: 'M8 2.5 14 13H2zM8 6.5v3M8 11.5h.01',
} as const;

const filled: ReadonlySet<IconName> = new Set(['play', 'back', 'end']);

export type IconName = keyof typeof outlines;

/** A picture beside or in place of words; the words name it for who does not see it. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill={filled.has(name) ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={name === 'grip' ? 2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={outlines[name]} />
    </svg>
  );
}
