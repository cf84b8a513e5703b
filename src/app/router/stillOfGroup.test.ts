import { expect, it } from 'vitest';
import type { Picture } from '../../film/player/stills.ts';
import { filmOf } from '../../plan/testing.ts';
import { stillOfGroup } from './stillOfGroup.ts';

// Two shots of three latent frames of two patches; group 1 has none, one and two of those of the second shot.
const { shots } = filmOf(1, 2, [3, 3]);
const group = Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1);
const picture = (frame: number): Picture => ({
  latentFrame: 0,
  frame,
  image: {} as CanvasImageSource,
  width: 2,
  height: 1,
  final: true,
});
// The first frames of the latent frames 0, 3, 4 and 5.
const pictures = [0, 9, 13, 17].map(picture);

function still(shotIndex: number, lit: number | null, at: readonly Picture[] = pictures) {
  const shot = shots[shotIndex];
  if (!shot) throw new Error('there are two shots');
  return stillOfGroup({ pictures: at, shot, group, lit, tokensPerFrame: 2, temporal: 4 });
}

it('shows the picture of the shot with most of the lit patches', () => {
  expect(still(1, 1)).toEqual({ latentFrame: 5, frame: 17, picture: pictures[3] });
  expect(still(1, 0)).toMatchObject({ latentFrame: 3, frame: 9 });
  expect(still(0, 1)).toMatchObject({ latentFrame: 0, frame: 0 });
});

it('shows the picture next to the middle while nothing is lit', () => {
  expect(still(1, null)).toMatchObject({ latentFrame: 4, frame: 13 });
});

it('does without pictures', () => {
  expect(still(1, 1, [])).toEqual({ latentFrame: 4, frame: 15, picture: undefined });
});
