import type { Motion, ShotSize } from './motion.ts';
import { moveNoise } from './movingNoise.ts';

/** One round of SplitMix32 (Steele, Lea and Flood 2014): a well mixed 32-bit word from any state. */
function mix(state: number): number {
  let z = (state + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

/** A stream of uniform 32-bit words: xoshiro128** (Blackman and Vigna 2018), seeded by SplitMix32. */
function words(seed: number): () => number {
  const s = [mix(seed), mix(seed + 1), mix(seed + 2), mix(seed + 3)] as [number, number, number, number];
  if ((s[0] | s[1] | s[2] | s[3]) === 0) s[0] = 1;
  const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
  return () => {
    const word = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11);
    return word;
  };
}

/** `count` normal values of mean 0 and variance 1 (Box and Muller), the same for the same seed. */
export function gaussianNoise(seed: number, count: number): Float32Array<ArrayBuffer> {
  const next = words(seed);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log((next() + 1) / 2 ** 32));
    const angle = (2 * Math.PI * next()) / 2 ** 32;
    out[i] = radius * Math.cos(angle);
    if (i + 1 < count) out[i + 1] = radius * Math.sin(angle);
  }
  return out;
}

/**
 * A shot's noise [frames, height, width, channels], in which neighbouring latent frames have a correlation and each by
 * itself is normal. What a network gets wrong depends on the noise; by noise of its own, every frame is wrong in another
 * way, and the film flickers (Ge et al. 2023, "Preserve your own correlation", eq. 5). Under a moving camera the noise
 * goes along, and the film with it. The first frame is the same under any motion, and a longer shot of the same motion
 * starts as a shorter one.
 */
export function shotNoise(
  seed: number,
  size: ShotSize,
  correlation: number,
  motion: Motion | null = null,
): Float32Array<ArrayBuffer> {
  const frameSize = size.height * size.width * size.channels;
  const noise = gaussianNoise(seed, size.frames * frameSize);
  if (correlation === 0) return noise;
  if (motion) {
    moveNoise(noise, size, correlation, motion, (frame, count) =>
      gaussianNoise(mix(mix(~seed) ^ frame), count),
    );
    return noise;
  }
  const fresh = Math.sqrt(1 - correlation ** 2);
  for (let i = frameSize; i < noise.length; i++) {
    noise[i] = correlation * (noise[i - frameSize] ?? 0) + fresh * (noise[i] ?? 0);
  }
  return noise;
}

/** A value in [0, 1) that depends on a seed alone. */
export function uniform(seed: number): number {
  return words(seed)() / 2 ** 32;
}

/** The seed of a shot's noise: its own, or one drawn from the film's seed and the shot's place. */
export function shotSeed(filmSeed: number, shot: { seed: number | null }, index: number): number {
  return shot.seed ?? mix(mix(filmSeed) ^ index);
}
