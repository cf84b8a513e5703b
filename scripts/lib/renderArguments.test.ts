import { expect, it } from 'vitest';
import { parseRenderArguments } from './renderArguments.ts';

it('reads files and options in any order', () => {
  const args = ['--seed', '9', 'in.json', '--steps=4', 'out.mp4', '--attention', 'dense', '--json'];
  expect(parseRenderArguments(args)).toEqual({
    storyboardFile: 'in.json',
    filmFile: 'out.mp4',
    overrides: { seed: 9, steps: 4, attention: 'dense' },
    json: true,
  });
});

it('reads how the film is sampled', () => {
  const args = ['in.json', 'out.mp4', '--sampler', 'unipc', '--shift', '.5', '--guidance=4.5'];
  expect(parseRenderArguments([...args, '--guidance-every', '3']).overrides).toEqual({
    sampler: 'unipc',
    shift: 0.5,
    guidance: 4.5,
    guidanceEvery: 3,
  });
});

it('leaves to the storyboard what is not given', () => {
  expect(parseRenderArguments(['in.json', 'out.mp4']).overrides).toEqual({});
});

it.each([
  [['in.json'], 'Name a storyboard and the film to write'],
  [['in.json', 'out.mp4', 'more'], 'Name a storyboard and the film to write'],
  [['in.json', 'out.mp4', '--steps', '0'], '--steps takes a whole number from 1 to 100, not "0".'],
  [['in.json', 'out.mp4', '--steps', '1.5'], '--steps takes a whole number from 1 to 100, not "1.5".'],
  [['in.json', 'out.mp4', '--seed=-1'], '--seed takes a whole number from 0 to 4294967295, not "-1".'],
  [['in.json', 'out.mp4', '--sampler', 'ddim'], '--sampler takes euler, adams, unipc, not "ddim".'],
  [['in.json', 'out.mp4', '--shift', '0'], '--shift takes a number from 0.1 to 30, not "0".'],
  [['in.json', 'out.mp4', '--shift', '3,5'], '--shift takes a number from 0.1 to 30, not "3,5".'],
  [['in.json', 'out.mp4', '--guidance', '21'], '--guidance takes a number from 1 to 20, not "21".'],
  [
    ['in.json', 'out.mp4', '--guidance-every', '9'],
    '--guidance-every takes a whole number from 1 to 8, not "9".',
  ],
  [['in.json', 'out.mp4', '--guidance='], '--guidance takes a number from 1 to 20, not "".'],
  [
    ['in.json', 'out.mp4', '--attention', 'sparse'],
    '--attention takes dense, moga, kmeans, moc, not "sparse".',
  ],
  [['in.json', 'out.mp4', '--sed', '1'], "Unknown option '--sed': npm run render"],
])('refuses %j', (args, sentence) => {
  expect(() => parseRenderArguments(args)).toThrow(sentence);
});
