import type { WanModel } from '../wanConfig.ts';
import { wanModelOf } from '../wanConfig.ts';
import type { Recognised } from './recognise.ts';

type Of<Kind extends Recognised['kind']> = Extract<Recognised, { kind: Kind }>;

/** A part with what it was recognised as, narrowed to one kind. */
export type PartOf<P extends { recognised: Recognised }, Kind extends Recognised['kind']> = Omit<
  P,
  'recognised'
> & { recognised: Of<Kind> };

/** What the person prefers where there are both decoders. */
export type DecoderChoice = 'quality' | 'speed';

/** The parts that one model is made of; null for what is not there. */
export interface PartSet<P extends { recognised: Recognised }, T> {
  dit: PartOf<P, 'dit'> | null;
  textEncoder: PartOf<P, 'text-encoder'> | null;
  tokenizer: T | null;
  decoder: PartOf<P, 'wan-vae'> | PartOf<P, 'taehv'> | null;
}

/** Something that a model lacks, and what would supply it. */
export interface Missing {
  what: 'transformer' | 'text encoder' | 'tokenizer' | 'decoder';
  supply: string;
}

/** From the most exact way of storing weights to the least. */
const precisions = ['F32', 'F16', 'BF16', 'F8_E4M3', 'F8_E5M2'];

/** Chooses the parts of a model: of several that would do, the one that is stored most exactly, else the first. */
export function chooseSet<P extends { recognised: Recognised }, T>(
  model: WanModel,
  parts: readonly P[],
  tokenizers: readonly T[],
  prefer: DecoderChoice,
): PartSet<P, T> {
  const dit = best(ofKind(parts, 'dit').filter(({ recognised }) => wanModelOf(recognised.shape) === model));
  const textDim = dit?.recognised.shape.textDim;
  const encoders = ofKind(parts, 'text-encoder').filter(
    ({ recognised }) => textDim === undefined || recognised.shape.dim === textDim,
  );
  const own = best(ofKind(parts, 'wan-vae'));
  const light = best(ofKind(parts, 'taehv'));
  return {
    dit,
    textEncoder: best(encoders),
    tokenizer: tokenizers[0] ?? null,
    decoder: prefer === 'quality' ? (own ?? light) : (light ?? own),
  };
}

/** Everything that a set lacks. */
export function missingOf<P extends { recognised: Recognised }, T>(
  model: WanModel,
  { dit, textEncoder, tokenizer, decoder }: PartSet<P, T>,
): Missing[] {
  const missing: Missing[] = [];
  if (!dit) missing.push({ what: 'transformer', supply: transformerSupply[model] });
  if (!textEncoder) {
    missing.push({
      what: 'text encoder',
      supply:
        'umt5_xxl_fp16 or umt5_xxl_fp8_e4m3fn_scaled as ComfyUI has it, or the folder text_encoder of diffusers',
    });
  }
  if (!tokenizer) {
    missing.push({
      what: 'tokenizer',
      supply: 'tokenizer.json or spiece.model of google/umt5-xxl; ComfyUI’s umt5_xxl files bring it along',
    });
  }
  if (!decoder) {
    missing.push({
      what: 'decoder',
      supply: 'wan_2.1_vae for quality, or taew2_1 for speed',
    });
  }
  return missing;
}

const transformerSupply: Record<WanModel, string> = {
  'wan2.1-1.3b': 'wan2.1_t2v_1.3B as ComfyUI has it (fp16, bf16), or the folder transformer of diffusers',
  'wan2.1-14b': 'wan2.1_t2v_14B as ComfyUI has it (fp16, bf16, fp8), or the folder transformer of diffusers',
  'wan2.1-custom': 'a Wan2.1 T2V transformer of a size other than 1.3B and 14B',
};

function ofKind<P extends { recognised: Recognised }, Kind extends Recognised['kind']>(
  parts: readonly P[],
  kind: Kind,
): PartOf<P, Kind>[] {
  return parts.flatMap((part) => {
    const { recognised } = part;
    return isKind(recognised, kind) ? [{ ...part, recognised }] : [];
  });
}

function isKind<Kind extends Recognised['kind']>(recognised: Recognised, kind: Kind): recognised is Of<Kind> {
  return recognised.kind === kind;
}

function best<P extends { recognised: { precision: string } }>(parts: readonly P[]): P | null {
  const rank = ({ recognised }: P) => precisions.indexOf(recognised.precision);
  return parts.toSorted((a, b) => rank(a) - rank(b))[0] ?? null;
}
