import { describe, expect, it } from 'vitest';
import { openDevice } from '../device.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { testGpu } from '../testing/device.ts';
import type { Picks } from './choices.ts';
import { ensureTuned, memoryCache, recallPicks, tuningKey } from './persist.ts';
import type { Problem } from './problems/problem.ts';
import { problemsFor } from './problems.ts';
import { faultOf, tune } from './tuner.ts';
import { runnable } from './variants.ts';

const gpu = await testGpu();
const { features } = gpu.choices;
const problems = problemsFor(true);
const adapter = {
  vendor: 'v',
  architecture: 'a',
  description: 'd',
  software: true,
  precision: 'f32' as const,
};

function problemOf(kernel: string): Problem {
  const problem = problems.find(({ family }) => family.kernel === kernel);
  if (!problem) throw new Error(`no problem for ${kernel}`);
  return problem;
}

/** A problem in which one variant computes its result twice over, in place, which is wrong. */
function broken(problem: Problem, variant: string): Problem {
  return {
    ...problem,
    checks: async (scope, name) => {
      const instances = await problem.checks(scope, name);
      if (name !== variant) return instances;
      return instances.map((instance) => ({
        ...instance,
        dispatches: [...instance.dispatches, ...instance.dispatches],
      }));
    },
  };
}

describe('the self-check', () => {
  const cases = problems
    .filter(({ family }, i) => problems.findIndex((other) => other.family.kernel === family.kernel) === i)
    .flatMap((problem) =>
      runnable(problem.family, features).map((variant) => [problem.family.kernel, variant, problem] as const),
    );

  it.each(cases)('passes %s, %s', async (_, variant, problem) => {
    expect(await faultOf(gpu, problem, variant)).toBeNull();
  });

  it('sees a variant that is wrong', async () => {
    expect(await faultOf(gpu, broken(problemOf('qkNorm'), 'row'), 'row')).toMatch(/its error was/);
  });

  it('sees a variant that overflows', async () => {
    const problem = problemOf('layerNorm');
    const overflowing: Problem = {
      ...problem,
      checks: async (scope, variant) => {
        const [instance] = await problem.checks(scope, variant);
        if (!instance) return [];
        gpu.write(instance.output, Float32Array.of(Number.POSITIVE_INFINITY));
        return [{ ...instance, dispatches: [] }];
      },
    };
    expect(await faultOf(gpu, overflowing, 'row')).toMatch(/not numbers/);
  });

  it('sees a variant that the device refuses', async () => {
    const problem = problemOf('layerNorm');
    const refused: Problem = {
      ...problem,
      checks: async (scope, variant) => {
        const [instance] = await problem.checks(scope, variant);
        const [dispatch] = instance?.dispatches ?? [];
        if (!instance || !dispatch) return [];
        const [other] = await problemOf('gemm').race(
          scope,
          runnable(problemOf('gemm').family, features)[0] ?? '',
        );
        const bindGroup = other?.bindGroup ?? dispatch.bindGroup;
        return [{ ...instance, dispatches: [{ ...dispatch, bindGroup }] }];
      },
    };
    expect(await faultOf(gpu, refused, 'row')).toMatch(/did not run/);
  });
});

const quick = async (): Promise<number> => 1;

describe('the tuner', () => {
  it('picks a variant that runs here for every kernel', async () => {
    const small = problems.filter(({ family }) => family.kernel !== 'gemm' && family.kernel !== 'conv');
    const picks = await tune(gpu, { problems: small });
    for (const { family } of small) {
      expect(runnable(family, features)).toContain(picks.variants[family.kernel]);
    }
    expect(picks.dropped).toEqual([]);
    expect(gpu.bytes).toBeLessThan(2 ** 26);
  });

  it('takes the fastest, and the next where that is wrong', async () => {
    const problem = problemOf('qkNorm');
    const fastest = async (_: unknown, __: unknown, variant: string): Promise<number> =>
      variant === 'group' ? 1 : variant === 'row' ? 10 : 100;
    const options = { time: fastest, budgetMs: 1e9, race: true };
    expect((await tune(gpu, { ...options, problems: [problem] })).variants).toEqual({ qkNorm: 'group' });
    const picks = await tune(gpu, { ...options, problems: [broken(problem, 'group')] });
    expect(picks.variants).toEqual({ qkNorm: 'row' });
    expect(picks.dropped).toEqual([
      { kernel: 'qkNorm', variant: 'group', reason: expect.stringMatching(/its error was/) },
    ]);
  });

  it('says that the driver is wrong where every variant is', async () => {
    const problem = problemOf('qkNorm');
    const wrong = runnable(problem.family, features).reduce(broken, problem);
    await expect(tune(gpu, { time: quick, problems: [wrong], race: true })).rejects.toThrow(
      /computes wrong numbers/,
    );
  });

  it('checks a variant for every class of shapes', async () => {
    const { family, shape, ...many } = problemOf('gemm');
    const checked: string[] = [];
    const classes = ['many', 'few rows'].map((name) => ({
      ...many,
      family,
      shape: name,
      checks: async () => {
        checked.push(name);
        return [];
      },
    }));
    await tune(gpu, { problems: classes, time: quick, race: false });
    expect(checked).toEqual(['many', 'few rows']);
  });

  it('keeps what runs unmeasured when there is no time', async () => {
    const problem = problemOf('layerNorm');
    const asked: string[] = [];
    const picks = await tune(gpu, {
      problems: [problem],
      budgetMs: 0,
      race: true,
      time: async (_, __, variant) => asked.push(variant),
    });
    expect(asked).toEqual([problem.family.fallback(features)]);
    expect(picks.variants).toEqual({ layerNorm: problem.family.fallback(features) });
  });

  it('races by the clock where it is told to', async () => {
    const problem = problemOf('layerNorm');
    const raced = new Set<string>();
    const watched: Problem = {
      ...problem,
      race: (scope, variant) => {
        raced.add(variant);
        return problem.race(scope, variant);
      },
    };
    const { variants, dropped } = await tune(gpu, { problems: [watched], budgetMs: 1e9, race: true });
    expect([...raced].sort()).toEqual([...runnable(problem.family, features)].sort());
    expect(raced).toContain(variants.layerNorm);
    expect(dropped).toEqual([]);
  });

  it('races nothing where subgroups are quads on the CPU', async () => {
    const asked: string[] = [];
    const time = async (_: unknown, __: unknown, variant: string): Promise<number> => asked.push(variant);
    await tune(gpu, { problems: [problemOf('layerNorm')], time });
    expect(asked.length > 0).toBe(!features.quads);
  });

  it('uses f16 only where it is asked for on a CPU', async () => {
    const picks = await tune(gpu, { problems: [problemOf('attention')], time: quick, precision: 'f32' });
    expect(picks.precision).toBe('f32');
  });
});

describe('a variant that loses the device', () => {
  /** A problem in which one variant takes the device away. */
  function losing(problem: Problem, variant: string, tried: string[] = []): Problem {
    return {
      ...problem,
      race: (scope, name) => {
        tried.push(name);
        if (name === variant) scope.device.destroy();
        return problem.race(scope, name);
      },
    };
  }

  it('is told as that, and not as a fault of its numbers', async () => {
    const { gpu: doomed } = await openDevice();
    const problem = problemOf('layerNorm');
    const options = { problems: [losing(problem, 'group')], race: true, budgetMs: 1e9 };
    const refusal = { code: 'device-lost', message: expect.stringMatching(/make the film again/) };
    await expect(tune(doomed, options)).rejects.toMatchObject(refusal);
    const blamed: unknown[] = [];
    const onLost = async (variant: unknown) => void blamed.push(variant);
    await expect(tune(doomed, { ...options, onLost })).rejects.toMatchObject(refusal);
    expect(blamed).toEqual([]);
  });

  it('is left out when kernels are tried again, as long as there are others', async () => {
    const problem = problemOf('layerNorm');
    const variant = problem.family.fallback(features);
    const cache = memoryCache();
    const { gpu: doomed } = await openDevice();
    const tried: string[] = [];
    const tuneOn = (device: Gpu, problems: Problem[]) =>
      ensureTuned(device, adapter, cache, { problems, race: true, time: quick, budgetMs: 1e9 });
    await expect(tuneOn(doomed, [losing(problem, variant)])).rejects.toMatchObject({ code: 'device-lost' });

    await tuneOn(gpu, [losing(problem, '', tried)]);
    expect(tried).not.toContain(variant);
    expect(gpu.choices.picks).toMatchObject({
      variants: { layerNorm: tried[0] },
      dropped: [{ kernel: 'layerNorm', variant, reason: expect.stringMatching(/lost/) }],
    });
    gpu.choices.apply({ precision: 'f32', variants: {}, dropped: [] });

    const leftOut = runnable(problem.family, features).map((name) => ({
      kernel: problem.family.kernel,
      variant: name,
      reason: '',
    }));
    const picks = await tune(gpu, { problems: [problem], race: true, time: quick, leftOut });
    expect(picks).toMatchObject({ variants: { layerNorm: variant }, dropped: [] });
  });
});

describe('picks', () => {
  it('are measured once and then kept', async () => {
    const cache = memoryCache();
    let races = 0;
    const time = async (): Promise<number> => ++races;
    const options = { problems: [problemOf('layerNorm')], time, budgetMs: 1e9, race: true };
    expect(await recallPicks(gpu, adapter, cache)).toBe(false);
    await ensureTuned(gpu, adapter, cache, options);
    const { picks } = gpu.choices;
    const first = races;
    expect(first).toBeGreaterThan(1);
    gpu.choices.apply({ precision: 'f32', variants: {}, dropped: [] });
    await ensureTuned(gpu, adapter, cache, options);
    expect(races).toBe(first);
    expect(gpu.choices.picks).toEqual(picks);
    gpu.choices.apply({ precision: 'f32', variants: {}, dropped: [] });
  });

  it('hold for one adapter', async () => {
    expect(tuningKey(adapter, features)).not.toBe(tuningKey({ ...adapter, description: 'e' }, features));
    expect(tuningKey(adapter, features)).not.toBe(tuningKey(adapter, { ...features, f16: !features.f16 }));
  });

  it('are not taken from what else lies in the cache', async () => {
    const cache = { load: async () => ({ precision: 'f8' }), save: async (): Promise<void> => {} };
    expect(await recallPicks(gpu, adapter, cache)).toBe(false);
    const failing = { ...cache, load: async () => Promise.reject(new Error('no storage')) };
    expect(await recallPicks(gpu, adapter, failing)).toBe(false);
  });

  it('that this device cannot run give way', () => {
    const { family } = problemOf('gemm');
    const impossible: Picks = { precision: 'f16', variants: { 'gemm:many': 'matrix' }, dropped: [] };
    gpu.choices.apply(impossible);
    const expected = features.matrix.f16 ? 'matrix' : family.fallback(features);
    expect(gpu.choices.of(family, 'many')).toBe(expected);
    gpu.choices.force('gemm', 'tiled');
    expect(gpu.choices.of(family, 'many')).toBe('tiled');
    gpu.choices.force('gemm', null);
    gpu.choices.apply({ precision: 'f32', variants: {}, dropped: [] });
  });
});
