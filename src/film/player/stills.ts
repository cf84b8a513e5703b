import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FilmGeometry, ShotSpan } from '../../plan/types.ts';
import type { Still } from '../../render/protocol.ts';
import { carryShare, type OriginPart, type Origins, partsOf } from './origins.ts';

/** A picture of the film as the page keeps it. */
export interface Picture {
  latentFrame: number;
  /** Frame of the film that it shows. */
  frame: number;
  image: CanvasImageSource;
  width: number;
  height: number;
  /** Decoded for good, not an estimate. */
  final: boolean;
}

export interface StillsState {
  /** The storyboard that the pictures were made from. */
  documentId: string | null;
  geometry: FilmGeometry | null;
  /** At most one a latent frame, in order. */
  pictures: readonly Picture[];
}

export type StillsStore = StoreApi<StillsState>;

/** Pictures of the film while it forms and after it is done: for the stage, the cards and the filmstrips. */
export function createStills(): StillsStore {
  return createStore<StillsState>()(() => ({ documentId: null, geometry: null, pictures: [] }));
}

/** Adds pictures, each in the place of an older one of the same latent frame. */
export function mergePictures(present: readonly Picture[], added: readonly Picture[]): Picture[] {
  const byLatentFrame = new Map(present.map((picture) => [picture.latentFrame, picture]));
  for (const picture of added) byLatentFrame.set(picture.latentFrame, picture);
  return [...byLatentFrame.values()].sort((a, b) => a.latentFrame - b.latentFrame);
}

/** The picture nearest in time to a frame; undefined while there is none. */
export function pictureAt(pictures: readonly Picture[], frame: number): Picture | undefined {
  let nearest: Picture | undefined;
  for (const picture of pictures) {
    if (nearest && Math.abs(picture.frame - frame) >= Math.abs(nearest.frame - frame)) continue;
    nearest = picture;
  }
  return nearest;
}

/**
 * Pictures of one shot, in order. A shot that was cut from others since has those of its part, at the frames that they
 * have in it; where none was taken in a part, the nearest of the shot stands for it.
 */
export function picturesOf(state: StillsState, shotId: string, origins: Origins): readonly Picture[] {
  const shots = new Map((state.geometry?.shots ?? []).map((shot) => [shot.id, shot]));
  const own = (shot: ShotSpan) => state.pictures.filter((picture) => isInShot(picture, shot));
  const known = shots.get(shotId);
  if (known) return own(known);
  return partsOf(shotId, (id) => shots.has(id), origins).flatMap((part) => {
    const shot = shots.get(part.shotId);
    return shot ? picturesOfPart(own(shot), shot, part) : [];
  });
}

/** Frames that a cut shot counts as, so that its pictures keep their distances. */
const framesOfCut = 1000;

function picturesOfPart(pictures: readonly Picture[], { frames }: ShotSpan, part: OriginPart): Picture[] {
  const { source, at } = part;
  const shareOf = ({ frame }: Picture) => (frame - frames.start) / frames.count;
  const inside = pictures.filter(
    (picture) => shareOf(picture) >= source.from && shareOf(picture) < source.to,
  );
  const middle = frames.start + ((source.from + source.to) / 2) * frames.count;
  const nearest = pictureAt(pictures, middle);
  if (inside.length === 0 && nearest) return [{ ...nearest, frame: ((at.from + at.to) / 2) * framesOfCut }];
  return inside.map((picture) => ({
    ...picture,
    frame: carryShare(shareOf(picture), source, at) * framesOfCut,
  }));
}

/** Makes a picture of the engine's pixels; RGBA, row-major. */
export function toPicture(still: Still): Picture {
  const { latentFrame, frame, width, height, final } = still;
  const image = new OffscreenCanvas(width, height);
  image.getContext('2d')?.putImageData(new ImageData(still.rgba, width, height), 0, 0);
  return { latentFrame, frame, image, width, height, final };
}

function isInShot(picture: Picture, { latent }: ShotSpan): boolean {
  return picture.latentFrame >= latent.start && picture.latentFrame < latent.start + latent.count;
}
