import { groupSort, route, routeFamily, type SortVariant, sortFamily } from '../../kernels/route.ts';
import type { RowVariant } from '../../kernels/rowVariants.ts';
import * as routeTwin from '../../reference/route.ts';
import { numbers, room } from './operands.ts';
import type { Problem } from './problem.ts';

export function routeProblem(rows: number, width: number, groups: number): Problem<RowVariant> {
  return {
    family: routeFamily,
    shape: '',
    race: async (gpu, variant) => {
      const [x, router] = [room(gpu, rows * width), room(gpu, groups * width)];
      const [group, weight] = [room(gpu, rows), room(gpu, rows)];
      return [await route(gpu, { x, router, group, weight, rows, width, groups, variant })];
    },
    checks: async (gpu, variant) => {
      const size = { rows: 45, width: 132, groups };
      const x = numbers(1, 45 * 132, 2);
      const router = numbers(2, groups * 132);
      const group = new Uint32Array(45);
      const weight = new Float64Array(45);
      routeTwin.route({ x, router, group, weight, ...size });
      const outputs = { group: room(gpu, 45), weight: room(gpu, 45) };
      const operands = { x: gpu.upload('x', x), router: gpu.upload('router', router) };
      const dispatches = [await route(gpu, { ...operands, ...outputs, ...size, variant })];
      return [
        { dispatches, output: outputs.group, expected: group, exact: true },
        { dispatches, output: outputs.weight, expected: weight },
      ];
    },
  };
}

export function sortProblem(rows: number, groups: number): Problem<SortVariant> {
  return {
    family: sortFamily,
    shape: '',
    race: async (gpu, variant) => {
      const spans = [{ start: 0, count: rows }];
      const sort = await groupSort(gpu, room(gpu, rows), spans, groups, { sort: variant });
      return sort.dispatches;
    },
    checks: async (gpu, variant) => {
      const group = Uint32Array.from(numbers(1, 331), (value) => Math.abs(value) * groups);
      const spans = [
        { start: 0, count: 130 },
        { start: 130, count: 201 },
      ];
      const sorted = gpu.upload('group', group);
      const { dispatches, list } = await groupSort(gpu, sorted, spans, groups, { sort: variant });
      const expected = routeTwin.groupSort(group, groups).queryRows ?? [];
      return [{ dispatches, output: list.queryRows, expected, exact: true }];
    },
  };
}
