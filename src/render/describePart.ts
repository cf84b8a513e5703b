import type { FoundPart } from '../engine/weights/inspectFiles.ts';
import { loraTarget } from '../model/checkpoint/loraFit.ts';
import type { Layout, Recognised } from '../model/checkpoint/recognise.ts';
import { wanModelOf } from '../model/wanConfig.ts';

const precisionNames: Record<string, string> = {
  F32: 'fp32',
  F16: 'fp16',
  BF16: 'bf16',
  F8_E4M3: 'fp8 e4m3',
  F8_E5M2: 'fp8 e5m2',
};

const layoutNames: Record<Layout, string> = {
  original: 'Wan names',
  diffusers: 'diffusers names',
  huggingface: 'Hugging Face names',
};

/** What a part is called. */
export function titleOfPart(recognised: Recognised): string {
  switch (recognised.kind) {
    case 'dit': {
      const { dim, layers } = recognised.shape;
      const model = wanModelOf(recognised.shape);
      if (model === 'wan2.1-custom') return `Wan2.1 T2V, ${layers} blocks of ${dim}`;
      return `Wan2.1 T2V ${model === 'wan2.1-14b' ? '14B' : '1.3B'}`;
    }
    case 'text-encoder':
      return 'UMT5 text encoder';
    case 'wan-vae':
      return 'Wan-VAE decoder';
    case 'taehv':
      return 'TAEHV light decoder';
    case 'lora':
      return `LoRA of rank ${recognised.shape.rank}`;
  }
}

/** How a part is stored, in a few words. */
export function detailOfPart({ recognised, files, tensors }: FoundPart): string {
  const precision = precisionNames[recognised.precision] ?? recognised.precision;
  const scaled = tensors.some((file) =>
    [...file.tensors.keys()].some((name) => /\.(scale_weight|weight_scale)$/.test(name)),
  );
  const words = [scaled ? `${precision} scaled` : precision];
  if (recognised.kind === 'lora') {
    words.push(`for ${loraTarget(recognised.shape)}`, countOf(recognised.shape.changes.size));
  } else words.push(layoutNames[recognised.layout]);
  if (files.length > 1) words.push(`${files.length} files`);
  return words.join(' · ');
}

function countOf(tensors: number): string {
  return `changes ${tensors} ${tensors === 1 ? 'tensor' : 'tensors'}`;
}
