import { parseStoryboard, type Storyboard } from '../storyboard/document.ts';

const files = import.meta.glob<string>('../../examples/*.shotweave.json', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Storyboards that come with the studio, the shortest first. */
export const examples: readonly Storyboard[] = Object.values(files)
  .map(parseStoryboard)
  .sort((a, b) => a.shots.length - b.shots.length || a.title.localeCompare(b.title, 'en'));
