import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FilmGeometry, ShotSpan } from '../../plan/types.ts';
import type { Still } from '../../render/protocol.ts';

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

/** Pictures of one shot, in order. */
export function picturesOf(state: StillsState, shotId: string): readonly Picture[] {
  const shot = state.geometry?.shots.find(({ id }) => id === shotId);
  return shot ? state.pictures.filter((picture) => isInShot(picture, shot)) : [];
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
