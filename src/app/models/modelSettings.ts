import { wanVideo } from '../../model/wan.ts';
import { isWanModel, publishedWanConfig } from '../../model/wanConfig.ts';
import { starterStoryboard } from '../../storyboard/starter.ts';
import type { FilmFields } from '../../storyboard/store.ts';

/** Settings of the film that a model is meant for; a storyboard takes them over when it is given that model. */
export function settingsOf(
  model: string,
): Pick<FilmFields, 'width' | 'height' | 'fps' | 'steps' | 'guidance' | 'attention'> {
  if (!isWanModel(model)) {
    const { width, height, fps, steps, guidance, attention } = starterStoryboard();
    return { width, height, fps, steps, guidance, attention };
  }
  const { sampler } = publishedWanConfig(model);
  return { ...wanVideo, steps: sampler.steps, guidance: sampler.cfg, attention: 'dense' };
}
