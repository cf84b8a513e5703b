import type { ConvArguments } from '../kernels/conv.ts';
import { at, type OnHost } from './values.ts';

/** 3x3 convolution with zero padding over one or two frames, from its definition and in f64. */
export function conv(args: OnHost<ConvArguments>): void {
  const { x, w, bias, y, frames, height, width, inputs, outputs, sources = 1, epilogue = 'none' } = args;
  for (let frame = 0; frame < frames; frame++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let output = 0; output < outputs; output++) {
          let value = at(bias, output);
          for (let source = 0; source < sources; source++) {
            const sourceFrame = frame + sources - 1 - source;
            for (let dy = -1; dy <= 1; dy++) {
              for (let dx = -1; dx <= 1; dx++) {
                const r = row + dy;
                const c = column + dx;
                if (r < 0 || r >= height || c < 0 || c >= width) continue;
                const pixel = ((sourceFrame * height + r) * width + c) * inputs;
                const tap = (((output * sources + source) * 3 + dy + 1) * 3 + dx + 1) * inputs;
                for (let input = 0; input < inputs; input++)
                  value += at(x, pixel + input) * at(w, tap + input);
              }
            }
          }
          const index = ((frame * height + row) * width + column) * outputs + output;
          if (epilogue === 'relu') value = Math.max(value, 0);
          y[index] = epilogue === 'add' ? at(y, index) + value : value;
        }
      }
    }
  }
}
