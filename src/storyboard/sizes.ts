import { isWanModel } from '../model/wanConfig.ts';

/** A size that a model makes good pictures of. */
export interface PictureSize {
  name: 'Landscape' | 'Portrait' | 'Square' | 'Small' | 'Large';
  width: number;
  height: number;
}

const papercutSizes: readonly PictureSize[] = [
  { name: 'Landscape', width: 320, height: 192 },
  { name: 'Portrait', width: 192, height: 320 },
  { name: 'Square', width: 256, height: 256 },
  { name: 'Small', width: 224, height: 128 },
  { name: 'Large', width: 480, height: 288 },
];

/** Sizes near those that Wan2.1 was trained with; the largest suits 14B alone. */
const wanSizes: readonly PictureSize[] = [
  { name: 'Landscape', width: 832, height: 480 },
  { name: 'Portrait', width: 480, height: 832 },
  { name: 'Square', width: 640, height: 640 },
  { name: 'Small', width: 512, height: 288 },
  { name: 'Large', width: 1280, height: 704 },
];

/** Sizes that a model is offered in. */
export function sizesOf(model: string): readonly PictureSize[] {
  return isWanModel(model) ? wanSizes : papercutSizes;
}

type Size = Pick<PictureSize, 'width' | 'height'>;

/** A model's size for a film that was set to another model's: upright stays upright, and square stays square. */
export function sizeLike({ width, height }: Size, model: string): Size {
  const name = width === height ? 'Square' : width > height ? 'Landscape' : 'Portrait';
  const size = sizesOf(model).find((candidate) => candidate.name === name);
  return size ? { width: size.width, height: size.height } : { width, height };
}
