import { expect, it } from 'vitest';
import { type FilmLatents, packFilmLatents, unpackFilmLatents } from './filmLatents.ts';

const film: FilmLatents = {
  model: 'papercut',
  width: 64,
  height: 32,
  shots: [
    { id: 'a', context: 0, count: 2, latents: Float32Array.from({ length: 256 }, (_, i) => i / 7) },
    { id: 'ünï', context: 2, count: 1, latents: Float32Array.from({ length: 384 }, (_, i) => -i) },
  ],
};

it('gives back what was packed', async () => {
  expect(unpackFilmLatents(await packFilmLatents(film).arrayBuffer())).toEqual(film);
});

it('gives back which decoder made the pictures', async () => {
  const told: FilmLatents = { ...film, decoder: 'wan-vae' };
  expect(unpackFilmLatents(await packFilmLatents(told).arrayBuffer())).toEqual(told);
});

it('gives back long shots of large pictures', async () => {
  // Eleven latent frames of 832x480.
  const latents = new Float32Array(11 * 60 * 104 * 16).fill(0.5);
  const long = { ...film, shots: [{ id: 'a', context: 0, count: 11, latents }] };
  const unpacked = unpackFilmLatents(await packFilmLatents(long).arrayBuffer());
  expect(unpacked?.shots[0]?.latents.length).toBe(latents.length);
});

it('takes a cut, lengthened or foreign file for none', async () => {
  const whole = await packFilmLatents(film).arrayBuffer();
  for (const length of [0, 3, 4, 40, whole.byteLength - 1]) {
    expect(unpackFilmLatents(whole.slice(0, length))).toBeNull();
  }
  const longer = new Uint8Array(whole.byteLength + 4);
  longer.set(new Uint8Array(whole));
  expect(unpackFilmLatents(longer.buffer)).toBeNull();
  const other = await new Blob([Uint32Array.of(2), '{}']).arrayBuffer();
  expect(unpackFilmLatents(other)).toBeNull();
  expect(unpackFilmLatents(new TextEncoder().encode('no such thing').buffer)).toBeNull();
});
