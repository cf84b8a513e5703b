import { blobSource } from '../weights/byteSource.ts';
import { Safetensors } from '../weights/safetensors.ts';
import type { PapercutFiles } from './papercut.ts';

/**
 * The last frame of a latent frame, 0 to 255 RGBA without rounding, by the formula of the linear path:
 * every cell times a matrix whose rows are ordered (frame, colour, y, x, dy, dx) for the pixel (4 dy + y, 4 dx + x).
 */
export async function linearPicture(
  { config, ae }: PapercutFiles,
  latents: Float32Array,
  latentFrame: number,
  { width, height }: { width: number; height: number },
): Promise<Float64Array> {
  const { z, spatial, temporal } = config.ae;
  const file = await Safetensors.open(blobSource('ae', ae));
  const weight = await file.floats('decoder.lin_w');
  const bias = await file.floats('decoder.lin_b');
  const mean = await file.floats('latent_mean');
  const deviation = await file.floats('latent_std');
  const columns = width / spatial;
  const cells = columns * (height / spatial);
  const at = (values: Float32Array, index: number): number => values[index] ?? Number.NaN;
  const picture = new Float64Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = latentFrame * cells + Math.floor(y / spatial) * columns + Math.floor(x / spatial);
      const dy = Math.floor((y % spatial) / 4);
      const dx = Math.floor((x % spatial) / 4);
      for (let colour = 0; colour < 3; colour++) {
        const feature = ((temporal - 1) * 3 + colour) * 16 + (y % 4) * 4 + (x % 4);
        const row = feature * 16 + dy * 4 + dx;
        let value = at(bias, row);
        for (let c = 0; c < z; c++) {
          const raw = at(latents, cell * z + c) * at(deviation, c) + at(mean, c);
          value += at(weight, row * z + c) * 6 * Math.tanh(raw / 6);
        }
        picture[(y * width + x) * 4 + colour] = (Math.min(1, Math.max(-1, value)) + 1) * 127.5;
      }
    }
  }
  return picture;
}
