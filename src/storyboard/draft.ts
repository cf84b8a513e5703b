import type { Storyboard } from './document.ts';

/** What a draft is made with at most. Its size, seed and shots are the film's own, so that it foretells the film. */
export const draftSettings = { steps: 6, guidance: 1 } as const;

/** Of the built-in model, whose films take six steps: it has learnt to make them in fewer. */
const builtInSteps = 4;

/**
 * The storyboard as a draft of its film is made from: few steps and no guidance, which halves each of them. The
 * storyboard itself keeps its settings; a film that is already as cheap stays as it is.
 */
export function draftOf(storyboard: Storyboard): Storyboard {
  const { steps, guidance, model } = storyboard;
  const most = model === 'papercut' ? builtInSteps : draftSettings.steps;
  return {
    ...storyboard,
    steps: Math.min(steps, most),
    guidance: Math.min(guidance, draftSettings.guidance),
  };
}
