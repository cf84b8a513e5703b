import { describe, expect, it } from 'vitest';
import { carrySchema } from './carry.ts';
import { marksSchema, saidMarks, wayIn } from './marks.ts';

const carry = carrySchema.parse({
  colours: ['red'],
  subjects: [['car', 'sports car'], ['bird'], ['rocket']],
});
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
  pictures: [5 / 3, 1].map((aspect) => ({
    aspect,
    shapes: [0.7, 0.4, 0.5].map((y) => ({ y, width: 0.1 * scale, height: 0.06 * scale * aspect })),
    rising: [0.7, 0.4, 0.5].map((y) => ({ y, width: 0.05 * scale, height: 0.2 * scale })),
  })),
});
const marks = marksSchema.parse({
  reach: 5,
  not_behind: ['camera', 'we', 'not', 'sun', 'white'],
  not_before: ['boat', 'ship', 'sun'],
  again: ['it', 'vehicle'],
  ends: ['while', 'as', 'sun'],
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
  upright: [2],
  aside: 0.1,
  under_camera: { pan: 1.2, zoom: 2 },
  feet: 0.1,
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
    ['a boat under the moving sun', undefined],
    ['a boat with white drifts', undefined],
    ['a house as the sun goes down', undefined],
    ['the camera moves left over a house', undefined],
    ['a car is not moving', undefined],
    ['a car takes a long time', undefined],
    ['a parked car', undefined],
    ['', undefined],
  ])('“%s”', (prompt, name) => {
    expect(wayIn(prompt, marks)?.name).toBe(name);
  });
});

const film = { look: '', aspect: 16 / 9 };

describe('saidMarks', () => {
  it('tells how large a subject is by its kind and the size of the shot, and whom "it" is', () => {
    const [first, second, third] = saidMarks(
      {
        ...film,
        prompts: ['wide shot of a red car driving left', 'close up of it', 'a bird is flying'],
      },
      { carry, marks },
    );
    expect(first).toMatchObject({ name: 'car', way: { name: 'left' }, size: { name: 'wide' } });
    expect(second).toMatchObject({ name: 'car', way: null, size: { name: 'close' } });
    expect(third).toMatchObject({ way: { name: 'right' }, size: { name: 'medium' } });
    expect(second?.shape.width).toBeGreaterThan(2 * (first?.shape.width ?? 1));
    expect(third?.shape.y).toBeLessThan(second?.shape.y ?? 0);
  });

  it.each([
    ['a car rises', true],
    ['a car drives left', false],
    ['a car', false],
    ['a rocket', true],
    ['a rocket takes off', true],
    ['a rocket flies left', false],
  ])('knows how a subject stands: “%s”', (prompt, rising) => {
    const { shape } = saidMarks({ ...film, prompts: [prompt] }, { carry, marks })[0] ?? {};
    expect((shape?.height ?? 0) > (shape?.width ?? 1)).toBe(rising);
  });

  it.each([
    [16 / 9, 0.12],
    [1.2, 0.072],
    [9 / 16, 0.072],
  ])('takes its size from the picture that is most like one of aspect %d', (aspect, height) => {
    const [said] = saidMarks({ ...film, aspect, prompts: ['a car'] }, { carry, marks });
    expect(said?.shape.height).toBeCloseTo(height, 6);
  });

  it('knows no subject in a shot that speaks of none, and goes on with the one before behind it', () => {
    const prompts = ['it waits', 'a car', 'an empty road', '', 'it again', 'the red vehicle'];
    const names = saidMarks({ ...film, prompts }, { carry, marks }).map((said) => said?.name);
    expect(names).toEqual([undefined, 'car', undefined, undefined, 'car', 'car']);
  });

  it('takes from the look what prompts leave out', () => {
    const prompts = ['wide shot of a car', 'a car', 'at night'];
    const said = saidMarks({ ...film, look: 'close up of a bird flying', prompts }, { carry, marks });
    expect(said.map((shot) => [shot?.name, shot?.size.name, shot?.way?.name])).toEqual([
      ['car', 'wide', 'right'],
      ['car', 'close', 'right'],
      ['bird', 'close', 'right'],
    ]);
  });

  it('knows none where no subject was named, or the model is not told', () => {
    expect(saidMarks({ ...film, prompts: ['it flies'] }, { carry, marks })).toEqual([null]);
    expect(saidMarks({ ...film, prompts: ['a car drives left'] }, { carry })).toEqual([null]);
    expect(saidMarks({ ...film, prompts: ['a car drives left'] }, { marks })).toEqual([null]);
  });
});
