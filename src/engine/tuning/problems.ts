import { attentionProblem } from './problems/attention.ts';
import { convProblem } from './problems/conv.ts';
import { gemmProblem } from './problems/gemm.ts';
import { layerNormProblem, qkNormProblem } from './problems/norm.ts';
import type { Problem } from './problems/problem.ts';
import { routeProblem, sortProblem } from './problems/route.ts';

/** The problems of an adapter: large enough to tell variants apart on a GPU, small enough for a CPU. */
export function problemsFor(software: boolean): readonly Problem[] {
  const scale = software ? 1 : 8;
  const tokens = 256 * scale;
  // A CPU compiles for seconds: there the checks take the pipelines that films of the built-in model need as well.
  const groups = software ? 4 : 8;
  return [
    anyVariant(gemmProblem(tokens, 256 * (software ? 1 : 6), 256 * (software ? 1 : 6))),
    anyVariant(gemmProblem(16, 256 * scale, 256)),
    anyVariant(gemmProblem(tokens, 64, 256 * (software ? 1 : 6))),
    anyVariant(attentionProblem(tokens, 4, software ? 64 : 128)),
    anyVariant(convProblem(20 * scale, 12 * scale, 64)),
    anyVariant(layerNormProblem(tokens, 1024)),
    anyVariant(qkNormProblem(tokens, 8, 128)),
    anyVariant(routeProblem(tokens, 1024, groups)),
    anyVariant(sortProblem(64 * tokens, groups)),
  ];
}

/** The same problem, asked for variants by names that are only known at run time. */
function anyVariant<Name extends string>(problem: Problem<Name>): Problem {
  const { family, shape } = problem;
  const known = (name: string): Name => {
    for (const candidate of Object.keys(family.variants) as Name[]) if (candidate === name) return candidate;
    throw new Error(`${family.kernel} has no variant "${name}"`);
  };
  return {
    family: { ...family, fallback: (features) => family.fallback(features) },
    shape,
    race: (gpu, variant) => problem.race(gpu, known(variant)),
    checks: (gpu, variant) => problem.checks(gpu, known(variant)),
  };
}
