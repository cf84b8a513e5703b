import { describe, expect, it } from 'vitest';
import { carriedColours, withCarried } from './carry.ts';

const words = {
  colours: ['red', 'blue', 'green'],
  subjects: [
    ['sailboat', 'boat', 'ship'],
    ['rocket', 'rocket ship'],
    ['car', 'sports car'],
  ],
};

function read(...prompts: string[]): string[] {
  const carried = carriedColours(prompts, words);
  return prompts.map((prompt, index) => withCarried(prompt, carried[index] ?? null));
}

describe('colours of subjects', () => {
  it('are carried to later shots under any name of the subject', () => {
    expect(
      read('wide shot of a Red sailboat at sea', 'Close-up of the boat', 'at dawn', 'The ship, at night'),
    ).toEqual([
      'wide shot of a Red sailboat at sea',
      'Close-up of the red boat',
      'at dawn',
      'The red ship, at night',
    ]);
    expect(carriedColours(['a red car', '', 'the car'], words)[2]).toEqual({ colour: 'red', at: 4, from: 0 });
  });

  it('change where a later shot says another', () => {
    expect(read('a red boat', 'the boat', 'a blue boat', 'the boat')).toEqual([
      'a red boat',
      'the red boat',
      'a blue boat',
      'the blue boat',
    ]);
  });

  it('belong to one kind of subject, by its longest name', () => {
    expect(
      read(
        'a red little old sports car',
        'the rocket ship',
        'a blue rocket ship',
        'the ship',
        'the sports car',
      ),
    ).toEqual([
      'a red little old sports car',
      'the rocket ship',
      'a blue rocket ship',
      'the ship',
      'the red sports car',
    ]);
  });

  it('are not taken from what stands elsewhere, nor put beside another colour', () => {
    expect(read('a car in front of the green hills', 'the car')[1]).toBe('the car');
    expect(read('a red car', 'the car on the blue street')[1]).toBe('the car on the blue street');
    expect(read('a red car and a boat', 'the boat')[1]).toBe('the boat');
    expect(read('a red thing and then far away from it a car', 'the car')[1]).toBe('the car');
  });

  it('are put to the first subject of a shot alone, once', () => {
    expect(read('a red car', 'the car behind the car')[1]).toBe('the red car behind the car');
  });

  it('are nothing where no words are', () => {
    expect(read('', '...', '123')).toEqual(['', '...', '123']);
    expect(carriedColours([], words)).toEqual([]);
  });
});
