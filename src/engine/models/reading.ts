/** A linear layer over the mean of a prompt's features, by which it is read. */
export interface Reading {
  /** [values of all attributes, width] */
  weight: Float32Array;
  bias: Float32Array;
  /** Of every attribute, in how many values it may be said, the last being that nothing is said of it. */
  values: readonly number[];
}

/** As the training has it: a linear layer on a finished text encoder was to learn faster than the layers behind it. */
const gain = 4;

/**
 * What a prompt says: of every attribute (subject, colour, place and so on) a distribution over its values, one behind the
 * other.
 *
 * @param features Of the prompt's tokens [rows, width].
 */
export function readPrompt(
  features: Float32Array,
  rows: number,
  { weight, bias, values }: Reading,
): Float32Array {
  const width = features.length / rows;
  const mean = Float64Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += features[row * width + i] ?? 0;
    return sum / rows;
  });
  const said = new Float32Array(bias.length);
  let start = 0;
  for (const count of values) {
    const logits = Array.from({ length: count }, (_, value) => {
      const own = weight.subarray((start + value) * width, (start + value + 1) * width);
      return gain * own.reduce((sum, w, i) => sum + w * (mean[i] ?? 0), bias[start + value] ?? 0);
    });
    said.set(softmax(logits), start);
    start += count;
  }
  return said;
}

function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const likely = logits.map((logit) => Math.exp(logit - most));
  const sum = likely.reduce((a, b) => a + b, 0);
  return likely.map((value) => value / sum);
}
