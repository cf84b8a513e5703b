import type { Picture } from '../../film/player/stills.ts';
import { latentFrameOf } from '../../plan/geometry.ts';
import type { ShotSpan } from '../../plan/types.ts';
import { countOf, tokensOfFrame } from './routerMap.ts';

/** The picture that stands for a shot. */
export interface GroupStill {
  latentFrame: number;
  /** Frame of the film that it shows. */
  frame: number;
  /** undefined while there is none at hand. */
  picture: Picture | undefined;
}

/** What picks the picture. */
export interface GroupStillParts {
  pictures: readonly Picture[];
  shot: ShotSpan;
  /** [tokens] */
  group: Uint8Array;
  lit: number | null;
  tokensPerFrame: number;
  /** Frames a latent frame. */
  temporal: number;
}

/** Among the pictures of a shot the one with most patches of the lit group; the one from its middle while none is lit. */
export function stillOfGroup(parts: GroupStillParts): GroupStill {
  const { pictures, group, lit, tokensPerFrame, temporal } = parts;
  const { latent, frames } = parts.shot;
  const middle = latent.start + Math.floor(latent.count / 2);
  const own = pictures
    .filter(({ frame }) => frame >= frames.start && frame < frames.start + frames.count)
    .map((picture) => {
      const latentFrame = latentFrameOf(picture.frame, temporal);
      const tokens = tokensOfFrame(latentFrame, tokensPerFrame);
      const patches = lit === null ? 0 : countOf(group, tokens, lit);
      return { latentFrame, frame: picture.frame, picture, patches, away: Math.abs(latentFrame - middle) };
    });
  const [best] = own.toSorted((a, b) => b.patches - a.patches || a.away - b.away);
  if (best) return { latentFrame: best.latentFrame, frame: best.frame, picture: best.picture };
  return { latentFrame: middle, frame: frames.start + Math.floor(frames.count / 2), picture: undefined };
}
