/** A linear layer over the features of each word, and what words say by themselves, by which a prompt is read. */
export interface Reading {
  /** [values of all attributes, width] */
  weight: Float32Array;
  bias: Float32Array;
  /** [vocabulary, values of all attributes] */
  words: Float32Array;
  /** Of every attribute, in how many values it may be said, the last being that nothing is said of it. */
  values: readonly number[];
}

/** As the training has it: a linear layer on a finished text encoder was to learn faster than the layers behind it. */
const gain = 4;

/**
 * What a prompt says: of every attribute (subject, colour, place and so on) a distribution over its values, one behind the
 * other. One word is enough to say a value.
 *
 * @param features Of the prompt's tokens [ids, width].
 */
export function readPrompt(
  features: Float32Array,
  ids: Uint32Array,
  { weight, bias, words, values }: Reading,
): Float32Array {
  const width = features.length / ids.length;
  const said = new Float32Array(bias.length);
  let start = 0;
  for (const count of values) {
    const logits = Array.from({ length: count }, (_, value) => {
      const column = start + value;
      const own = weight.subarray(column * width, (column + 1) * width);
      return logSumExp(
        Array.from(ids, (id, row) => {
          const alone = (bias[column] ?? 0) + (words[id * said.length + column] ?? 0);
          return gain * own.reduce((sum, w, i) => sum + w * (features[row * width + i] ?? 0), alone);
        }),
      );
    });
    said.set(softmax(logits), start);
    start += count;
  }
  return said;
}

/** Attributes, the first for which prompts are read: they hold in later shots until these say otherwise. */
const lastingAttributes = ['kind', 'colour', 'place', 'time', 'weather'];

/**
 * What is known of shots: what their prompts say, and where they say nothing of what lasts, what was known of the shot before.
 * A subject of another kind has a colour of its own.
 *
 * @param said Of each shot, as `readPrompt` has it.
 * @param values As in `Reading`.
 */
export function lasting(said: readonly Float32Array[], values: readonly number[]): Float32Array[] {
  const known: Float32Array[] = [];
  for (const own of said) {
    const now = own.slice();
    const before = known.at(-1);
    if (before) {
      const same = samePart(own.subarray(0, values[0]), before.subarray(0, values[0]));
      let start = 0;
      for (const [i, count] of values.slice(0, lastingAttributes.length).entries()) {
        const nothing = start + count - 1;
        const left = (own[nothing] ?? 0) * (lastingAttributes[i] === 'colour' ? same : 1);
        now[nothing] = (own[nothing] ?? 0) - left;
        for (let at = start; at <= nothing; at++) now[at] = (now[at] ?? 0) + left * (before[at] ?? 0);
        start += count;
      }
    }
    known.push(now);
  }
  return known;
}

/** How likely a shot's subject is of the kind of the one before, the last value being that it says nothing of it. */
function samePart(kind: Float32Array, before: Float32Array): number {
  const last = kind.length - 1;
  return kind.reduce((sum, part, i) => sum + (i === last ? part : part * (before[i] ?? 0)), 0);
}

function logSumExp(values: readonly number[]): number {
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}

function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const likely = logits.map((logit) => Math.exp(logit - most));
  const sum = likely.reduce((a, b) => a + b, 0);
  return likely.map((value) => value / sum);
}
