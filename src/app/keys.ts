/** A key of the page, as its list of keys shows it. */
export interface KeyHelp {
  keys: readonly string[];
  does: string;
}

export interface KeyGroup {
  name: string;
  keys: readonly KeyHelp[];
}

export const keyGroups: readonly KeyGroup[] = [
  {
    name: 'Film',
    keys: [
      { keys: ['Space'], does: 'Play and pause' },
      { keys: ['J', 'K', 'L'], does: 'Play back, pause, play on; again for faster' },
      { keys: ['←', '→'], does: 'One frame back or on; with Shift one second' },
      { keys: ['↑', '↓'], does: 'To the cut before or after' },
      { keys: ['Home', 'End'], does: 'To the first or last frame' },
    ],
  },
  {
    name: 'Storyboard',
    keys: [
      { keys: ['Ctrl Enter'], does: 'Generate' },
      { keys: ['Ctrl Z'], does: 'Undo' },
      { keys: ['Ctrl Shift Z'], does: 'Redo' },
      { keys: ['?'], does: 'This list' },
    ],
  },
  {
    name: 'Cutting',
    keys: [
      { keys: ['S'], does: 'Split the shot at the playhead' },
      { keys: ['M'], does: 'Merge the shot with the next' },
      { keys: [',', '.'], does: 'Shorten or lengthen the shot by a latent frame' },
      { keys: ['Alt ←', 'Alt →'], does: 'The same' },
      { keys: ['Alt ↑', 'Alt ↓'], does: 'Move the shot up or down' },
      { keys: ['Ctrl D'], does: 'Duplicate the shot' },
      { keys: ['Delete', 'Backspace'], does: 'Delete the shot; those behind it move up' },
    ],
  },
];
