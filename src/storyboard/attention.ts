import { countFlops, type TransformerShape } from '../plan/flops.ts';
import { type AttentionMode, denseSteps } from '../plan/routing.ts';
import type { FilmGeometry } from '../plan/types.ts';

interface AttentionWords {
  name: string;
  /** What it does, as a sentence that one can understand without the papers. */
  what: string;
}

export const attentionWords: Readonly<Record<AttentionMode, AttentionWords>> = {
  moga: {
    name: 'MoGA',
    what: 'The model’s router forms groups over the whole film, and patches attend inside their group.',
  },
  dense: { name: 'Dense', what: 'Every patch attends to every other: the most work, nothing left out.' },
  kmeans: {
    name: 'k-means',
    what: 'Patches attend to the clusters that matter most to them. It needs no training.',
  },
  moc: {
    name: 'MoC',
    what: 'Patches attend to their shot and to the few earlier chunks that suit them best. It needs no training.',
  },
};

/** What a transformer can do, its own way first; groups need a router. */
export function attentionsOf({ groups }: Pick<TransformerShape, 'groups'>): readonly AttentionMode[] {
  const untrained = ['dense', 'kmeans', 'moc'] as const;
  return groups === undefined ? untrained : ['moga', ...untrained];
}

/** Work of all steps of a film as a share of what it is with dense attention, dense first steps included. */
export function attentionShare(
  shape: TransformerShape,
  geometry: FilmGeometry,
  mode: AttentionMode,
  steps: number,
): number {
  if (mode === 'dense') return 1;
  const dense = countFlops(shape, geometry, 'dense').total;
  const first = denseSteps(mode, steps);
  return (first * dense + (steps - first) * countFlops(shape, geometry, mode).total) / (steps * dense);
}

/** What a share saves, and what it costs at the start of the film. */
export function costWords(mode: AttentionMode, share: number | null, steps: number): string {
  const first = denseSteps(mode, steps);
  const start =
    mode === 'dense' || first === 0
      ? ''
      : first >= steps
        ? 'A film of one step stays dense.'
        : `The first ${first === 1 ? 'step stays' : `${first} steps stay`} dense, while the film takes shape.`;
  if (share === null || mode === 'dense') return start;
  const percent = Math.round(100 * share);
  const saving =
    percent >= 100 ? 'In so short a film it saves nothing.' : `The film takes ${percent} % of dense’s work.`;
  return [start, saving].filter(Boolean).join(' ');
}
