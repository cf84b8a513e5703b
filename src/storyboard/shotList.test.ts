import { describe, expect, it } from 'vitest';
import { limits, validateStoryboard } from './document.ts';
import { shotList, storyboardOfList } from './shotList.ts';

describe('shotList', () => {
  it.each([
    ['a red boat', 'a red boat', null],
    ['1. a red boat', 'a red boat', null],
    ['  12) a red boat  ', 'a red boat', null],
    ['(3) a red boat', 'a red boat', null],
    ['- a red boat', 'a red boat', null],
    ['• a red boat', 'a red boat', null],
    ['Shot 3: a red boat', 'a red boat', null],
    ['SCENE 4 – a red boat', 'a red boat', null],
    ['shot 12 a red boat', 'a red boat', null],
    ['a red boat (3 s)', 'a red boat', 3],
    ['2. [2.5 sec] a red boat', 'a red boat', 2.5],
    ['Shot 1: (1,5s): a red boat', 'a red boat', 1.5],
    ['a red boat [4 seconds].', 'a red boat', 4],
    ['a red boat (500 s)', 'a red boat', limits.shotSeconds.max],
    ['a red boat (0 s)', 'a red boat', limits.shotSeconds.min],
    // Words that only look like markers and lengths.
    ['2 red boats', '2 red boats', null],
    ['shots of a red boat', 'shots of a red boat', null],
    ['a red boat (seen 3 s ago) at sea', 'a red boat (seen 3 s ago) at sea', null],
    ['a red boat -- at sea', 'a red boat -- at sea', null],
  ])('reads %j', (line, prompt, seconds) => {
    expect(shotList(line)).toEqual([{ prompt, seconds }]);
  });

  it('has no shot for lines without words, whatever ends a line', () => {
    expect(shotList('a boat\r\n\r\n  \n2.\n- \rthe boat\n').map(({ prompt }) => prompt)).toEqual([
      'a boat',
      'the boat',
    ]);
    expect(shotList('')).toEqual([]);
  });

  it('cuts a prompt to what a shot can hold', () => {
    expect(shotList('x'.repeat(limits.promptCharacters + 1))[0]?.prompt).toHaveLength(
      limits.promptCharacters,
    );
  });
});

describe('storyboardOfList', () => {
  it('makes a film that can be kept', () => {
    const film = storyboardOfList('1. a boat (3 s)\n2. the boat', 'x'.repeat(500));
    expect(validateStoryboard(film)).toEqual(film);
    expect(film?.shots.map(({ prompt, seconds }) => [prompt, seconds])).toEqual([
      ['a boat', 3],
      ['the boat', 2],
    ]);
  });

  it('refuses what is no film', () => {
    expect(storyboardOfList(' \n', 'empty')).toBeNull();
    expect(storyboardOfList('a boat\n'.repeat(limits.shots + 1), 'long')).toBeNull();
    expect(storyboardOfList('a boat\n'.repeat(limits.shots), 'just right')?.shots).toHaveLength(limits.shots);
  });
});
