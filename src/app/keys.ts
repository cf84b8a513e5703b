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
      { keys: ['G'], does: 'Groups: which patches of the film attend to each other' },
      { keys: ['I', 'O'], does: 'In and out point at the playhead: what loops and what can be exported' },
      { keys: ['Alt X'], does: 'Take the in and out points away' },
    ],
  },
  {
    name: 'Storyboard',
    keys: [
      { keys: ['Ctrl Enter'], does: 'Generate' },
      { keys: ['Ctrl Shift Enter'], does: 'Add a shot and write its prompt' },
      { keys: ['Ctrl V'], does: 'In an empty prompt: every pasted line becomes a shot' },
      { keys: ['R'], does: 'Re-roll the selected shot: another seed, and only this shot is made' },
      { keys: ['Shift R'], does: 'Re-roll the film' },
      { keys: ['Ctrl Z'], does: 'Undo' },
      { keys: ['Ctrl Shift Z'], does: 'Redo' },
      { keys: ['?'], does: 'This list' },
    ],
  },
  {
    name: 'Cutting',
    keys: [
      { keys: ['S'], does: 'Split the shot at the playhead' },
      { keys: ['B'], does: 'Blade: a click on a clip splits it there' },
      { keys: ['M'], does: 'Merge the shot with the next' },
      { keys: [',', '.'], does: 'Shorten or lengthen the shot by a latent frame' },
      { keys: ['Alt ←', 'Alt →'], does: 'The same' },
      { keys: ['Alt Shift ←', 'Alt Shift →'], does: 'Move the cut before the shot by a latent frame' },
      { keys: ['Alt ↑', 'Alt ↓'], does: 'Move the shot up or down' },
      { keys: ['Enter'], does: 'On a clip: pick it up; the arrows move it, Enter puts it down' },
      { keys: ['Ctrl D'], does: 'Duplicate the shot' },
      { keys: ['Delete', 'Backspace'], does: 'Delete the shot; those behind it move up' },
    ],
  },
  {
    name: 'Timeline',
    keys: [
      { keys: ['+', '−'], does: 'Zoom in or out; Ctrl and the wheel too' },
      { keys: ['\\'], does: 'Zoom to the whole film' },
    ],
  },
];
