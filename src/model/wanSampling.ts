import type { ModelConfig, SamplerPreset } from './config.ts';
import type { WanName } from './wan.ts';

/**
 * What Wan2.1 puts in place of an empty negative prompt (wan/configs/shared_config.py): garish colours, overexposed,
 * static, blurred details, subtitles, and the usual faults of generated hands, faces and limbs.
 */
export const wanNegativePrompt =
  '色调艳丽，过曝，静态，细节模糊不清，字幕，风格，作品，画作，画面，静止，整体发灰，最差质量，低质量，JPEG压缩残留，丑陋的，残缺的，多余的手指，画得不好的手部，画得不好的脸部，畸形的，毁容的，形态畸形的肢体，手指融合，静止不动的画面，杂乱的背景，三条腿，背景人很多，倒着走';

/**
 * Settings of checkpoints and LoRAs that were distilled to few steps: without guidance, which was distilled into them,
 * and with the shift that they were trained with (LightX2V's 4 and 8 steps).
 */
const fewSteps: SamplerPreset[] = [
  { name: 'Fast', solver: 'euler', steps: 4, guidance: 1, shift: 5, distilled: true },
  { name: 'Fast', solver: 'euler', steps: 8, guidance: 1, shift: 5, distilled: true },
];

/** The sampler of Wan2.1's text-to-video models, as its README recommends it for each size. */
export const wanSamplers: Record<WanName, ModelConfig['sampler']> = {
  'wan2.1-1.3b': sampler(6, 8),
  'wan2.1-14b': sampler(5, 5),
};

function sampler(cfg: number, shift: number): ModelConfig['sampler'] {
  const full: SamplerPreset = { name: 'Film', solver: 'unipc', steps: 50, guidance: cfg, shift };
  return {
    steps: full.steps,
    cfg,
    shift,
    solver: full.solver,
    negative: wanNegativePrompt,
    presets: [full, ...fewSteps],
  };
}
