import { describe, expect, it } from 'vitest';
import { carrySchema } from './carry.ts';
import { subjectWays, wayIn, waysSchema } from './ways.ts';

const carry = carrySchema.parse({ colours: ['red'], subjects: [['car', 'sports car'], ['bird']] });
const going = [
  'drives',
  'driving',
  'rolls',
  'flies',
  'flying',
  'drifts',
  'moves',
  'moving',
  'sailing',
  'goes',
];
const sizeOf = (name: string, phrases: string[], scale: number) => ({
  ...{ name, phrases, across: 0.2, most_across: 0.5, up: 0.2, most_up: 0.4 },
  shapes: [0.7, 0.4].map((y) => ({ y, width: 0.1 * scale, height: 0.1 * scale })),
});
const ways = waysSchema.parse({
  reach: 5,
  not_behind: ['camera', 'we', 'not', 'sun'],
  not_before: ['boat', 'ship'],
  ends: ['while', 'as'],
  ways: [
    { name: 'up', verbs: ['rises'], goals: [], right: 0, down: -1 },
    { name: 'up', verbs: ['takes'], goals: ['off'], right: 0, down: -1 },
    { name: 'up', verbs: going, goals: ['up'], right: 0, down: -1 },
    { name: 'left', verbs: going, goals: ['left'], right: -1, down: 0 },
    { name: 'right', verbs: going, goals: ['right'], right: 1, down: 0 },
    { name: 'right', verbs: going, goals: [], right: 1, down: 0 },
  ],
  sizes: [
    sizeOf('wide', ['wide shot', 'long shot'], 0.8),
    sizeOf('medium', ['medium shot'], 1.2),
    sizeOf('close', ['close up'], 2),
  ],
  unsaid: 'medium',
});

describe('wayIn', () => {
  it.each([
    ['a red car drives to the left', 'left'],
    ['A balloon drifts slowly FROM LEFT TO RIGHT over the hills', 'right'],
    ['a train rolls through the meadow', 'right'],
    ['a rocket takes off in the desert', 'up'],
    ['a bird flies up', 'up'],
    ['a balloon rises', 'up'],
    ['a bird flying, pan left', 'right'],
    ['a bird flies left while the camera pans right', 'left'],
    ['a sailing boat on the sea', undefined],
    ['a house as the sun goes down', undefined],
    ['the camera moves left over a house', undefined],
    ['a car is not moving', undefined],
    ['a car takes a long time', undefined],
    ['a parked car', undefined],
    ['', undefined],
  ])('“%s”', (prompt, name) => {
    expect(wayIn(prompt, ways)?.name).toBe(name);
  });
});

describe('subjectWays', () => {
  it('tells how large a subject is by its kind and the size of the shot, and whom "it" is', () => {
    const [first, second, third] = subjectWays(
      ['wide shot of a red car driving left', 'close up of it, it drives right', 'a bird is flying'],
      { carry, ways },
    );
    expect(first).toMatchObject({ name: 'car', way: { name: 'left' }, size: { name: 'wide' } });
    expect(second).toMatchObject({ way: { name: 'right' }, size: { name: 'close' } });
    expect(third).toMatchObject({ way: { name: 'right' }, size: { name: 'medium' } });
    expect(second?.shape.width).toBeGreaterThan(2 * (first?.shape.width ?? 1));
    expect(third?.shape.y).toBeLessThan(second?.shape.y ?? 0);
  });

  it('moves nothing where no subject was named, or the model does not say how', () => {
    expect(subjectWays(['it flies'], { carry, ways })).toEqual([null]);
    expect(subjectWays(['a car drives left'], { carry })).toEqual([null]);
    expect(subjectWays(['a car drives left'], { ways })).toEqual([null]);
  });
});
