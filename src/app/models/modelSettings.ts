import { wanVideo } from '../../model/wan.ts';
import { isWanModel, publishedWanConfig, wanTitles } from '../../model/wanConfig.ts';
import { attentionWords } from '../../storyboard/attention.ts';
import { sizeLike } from '../../storyboard/sizes.ts';
import { starterStoryboard } from '../../storyboard/starter.ts';
import type { FilmFields } from '../../storyboard/store.ts';

/** Settings of the film that depend on the model that makes it. */
export type ModelFields = Pick<
  FilmFields,
  'width' | 'height' | 'fps' | 'steps' | 'guidance' | 'guidanceEvery' | 'attention' | 'sampler' | 'shift'
>;

/** The settings among a film's fields that go with its model. */
export function modelFieldsOf(film: FilmFields): Required<ModelFields> {
  const { width, height, fps, steps, guidance, guidanceEvery, attention, sampler, shift } = film;
  return { width, height, fps, steps, guidance, guidanceEvery, attention, sampler, shift };
}

/** What a model is meant to be set to. The picture keeps its orientation; `routed`: the model has a router of its own. */
export function settingsFor(
  model: string,
  size: Pick<FilmFields, 'width' | 'height'>,
  routed: boolean,
): Required<ModelFields> {
  const left = { guidanceEvery: undefined, sampler: undefined, shift: undefined };
  const own = { ...sizeLike(size, model), ...left };
  if (!isWanModel(model)) {
    const { fps, steps, guidance, attention } = starterStoryboard();
    return { ...own, fps, steps, guidance, attention };
  }
  const { steps, cfg } = publishedWanConfig(model).sampler;
  return { ...own, fps: wanVideo.fps, steps, guidance: cfg, attention: routed ? 'moga' : 'dense' };
}

/** What the person sees a model called. */
export function titleOfModel(model: string): string {
  if (isWanModel(model)) return wanTitles[model];
  return model === 'papercut' ? 'Papercut' : model;
}

/** A sentence about what came with another model. `again`: the settings are those that the person had with it before. */
export function switchSentence(model: string, fields: ModelFields, again: boolean): string {
  const { width, height, fps, steps, guidance, attention } = fields;
  const facts = [
    `${width}×${height} at ${fps} frames a second`,
    `${steps} steps`,
    guidance === 1 ? 'no guidance' : `guidance ${guidance}`,
    `${attention === 'dense' ? 'dense' : attentionWords[attention].name} attention`,
  ].join(', ');
  return `${titleOfModel(model)} ${again ? 'is set as it was' : 'came with settings of its own'}: ${facts}.`;
}
