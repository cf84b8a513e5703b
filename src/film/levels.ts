export type VideoCodecName = 'h264' | 'vp9' | 'av1';

/** Size and rate of the pictures that an encoder is asked for. */
export interface PictureFormat {
  /** Pixels. */
  width: number;
  height: number;
  /** Frames a second. */
  fps: number;
}

interface Level {
  /** As in the codec string. */
  id: string;
  /** Most luma samples of a picture. */
  picture: number;
  /** Most luma samples a second. */
  rate: number;
  /** Most bits a second. */
  bits: number;
}

const macroblock = 16 * 16;

/** ITU-T H.264 table A-1 from level 3.0 on; bits are those of the Baseline and Main profiles, High may spend more. */
const h264Levels: readonly Level[] = [
  { id: '1e', picture: 1620 * macroblock, rate: 40_500 * macroblock, bits: 10e6 },
  { id: '1f', picture: 3600 * macroblock, rate: 108_000 * macroblock, bits: 14e6 },
  { id: '20', picture: 5120 * macroblock, rate: 216_000 * macroblock, bits: 20e6 },
  { id: '28', picture: 8192 * macroblock, rate: 245_760 * macroblock, bits: 20e6 },
  { id: '29', picture: 8192 * macroblock, rate: 245_760 * macroblock, bits: 50e6 },
  { id: '2a', picture: 8704 * macroblock, rate: 522_240 * macroblock, bits: 50e6 },
  { id: '32', picture: 22_080 * macroblock, rate: 589_824 * macroblock, bits: 135e6 },
  { id: '33', picture: 36_864 * macroblock, rate: 983_040 * macroblock, bits: 240e6 },
  { id: '34', picture: 36_864 * macroblock, rate: 2_073_600 * macroblock, bits: 240e6 },
];

/** https://www.webmproject.org/vp9/levels/ */
const vp9Levels: readonly Level[] = [
  { id: '20', picture: 122_880, rate: 4_608_000, bits: 1.8e6 },
  { id: '21', picture: 245_760, rate: 9_216_000, bits: 3.6e6 },
  { id: '30', picture: 552_960, rate: 20_736_000, bits: 7.2e6 },
  { id: '31', picture: 983_040, rate: 36_864_000, bits: 12e6 },
  { id: '40', picture: 2_228_224, rate: 83_558_400, bits: 18e6 },
  { id: '41', picture: 2_228_224, rate: 160_432_128, bits: 30e6 },
  { id: '50', picture: 8_912_896, rate: 311_951_360, bits: 60e6 },
  { id: '51', picture: 8_912_896, rate: 588_251_136, bits: 120e6 },
  { id: '52', picture: 8_912_896, rate: 1_176_502_272, bits: 180e6 },
];

/** AV1 specification, annex A.3, Main tier; the id is seq_level_idx. */
const av1Levels: readonly Level[] = [
  { id: '00', picture: 147_456, rate: 4_423_680, bits: 1.5e6 },
  { id: '01', picture: 278_784, rate: 8_363_520, bits: 3e6 },
  { id: '04', picture: 665_856, rate: 19_975_680, bits: 6e6 },
  { id: '05', picture: 1_065_024, rate: 31_950_720, bits: 10e6 },
  { id: '08', picture: 2_359_296, rate: 70_778_880, bits: 12e6 },
  { id: '09', picture: 2_359_296, rate: 141_557_760, bits: 20e6 },
  { id: '12', picture: 8_912_896, rate: 267_386_880, bits: 30e6 },
  { id: '13', picture: 8_912_896, rate: 534_773_760, bits: 40e6 },
  { id: '14', picture: 8_912_896, rate: 1_069_547_520, bits: 60e6 },
  { id: '17', picture: 35_651_584, rate: 2_139_095_040, bits: 100e6 },
];

/**
 * Codec strings worth trying for such a film, best first; none where it is past every level of the codec.
 * H.264 comes in the profiles High, Main and Constrained Baseline, since encoders differ in what they offer.
 */
export function codecStrings(codec: VideoCodecName, format: PictureFormat, bitrate: number): string[] {
  switch (codec) {
    case 'h264': {
      const blocks = (pixels: number) => Math.ceil(pixels / 16) * 16;
      const level = lowestLevel(
        h264Levels,
        blocks(format.width) * blocks(format.height),
        format.fps,
        bitrate,
      );
      return level === undefined
        ? []
        : ['6400', '4d40', '42e0'].map((profile) => `avc1.${profile}${level.id}`);
    }
    case 'vp9': {
      const level = lowestLevel(vp9Levels, format.width * format.height, format.fps, bitrate);
      return level === undefined ? [] : [`vp09.00.${level.id}.08`];
    }
    case 'av1': {
      const level = lowestLevel(av1Levels, format.width * format.height, format.fps, bitrate);
      return level === undefined ? [] : [`av01.0.${level.id}M.08`];
    }
  }
}

function lowestLevel(
  levels: readonly Level[],
  picture: number,
  fps: number,
  bitrate: number,
): Level | undefined {
  return levels.find(
    (level) => picture <= level.picture && picture * fps <= level.rate && bitrate <= level.bits,
  );
}

/** Pixels of a picture that still gets all the bits a pixel (about 480 x 256). */
const smallPicture = 122_880;
const mostBitsPerPixel = 2;

/**
 * Bits a second at which pictures hardly show the coding: two a pixel for small ones, which brings encoders down to
 * their finest quantizer, falling with the square root of the picture's area, since a larger picture of a scene is smoother.
 */
export function filmBitrate({ width, height, fps }: PictureFormat): number {
  const pixels = width * height;
  const bitsPerPixel = mostBitsPerPixel * Math.min(1, Math.sqrt(smallPicture / pixels));
  return Math.round(Math.max(1e6, pixels * fps * bitsPerPixel));
}
