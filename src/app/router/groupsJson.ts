import type { RouterRecord } from '../../library/routerRecords.ts';
import type { FilmGeometry } from '../../plan/types.ts';
import { countGroups, pairShare, routerMap, tokensOfFrame } from './routerMap.ts';

/**
 * The record of a film for other programs: for every recorded step and layer the group of every patch, as
 * `frames[latent frame][row * columns + column]`, counted from 1 as on the page, with the tokens of every group in
 * every shot.
 */
export function groupsJson(title: string, record: RouterRecord, geometry: FilmGeometry): string {
  const { grid, groups, layers, ofSteps, steps } = record;
  const shots = geometry.shots.map(({ id, latent }) => ({
    id,
    firstLatentFrame: latent.start,
    latentFrames: latent.count,
  }));
  const head = { format: 'shotweave/groups', version: 1, title, groups, layers, ofSteps, grid, shots };
  const maps = steps.flatMap(({ step }, index) =>
    Array.from({ length: layers }, (_, layer) => ({
      step,
      layer: layer + 1,
      map: routerMap(record, index, layer),
    })),
  );
  const perFrame = grid.rows * grid.columns;
  const lines = maps.map(({ step, layer, map }) => {
    const group = map?.group ?? new Uint8Array();
    const counts = map?.counts ?? [];
    const frames = Array.from({ length: grid.frames }, (_, frame) => {
      const { start, count } = tokensOfFrame(frame, perFrame);
      return Array.from(group.subarray(start, start + count), (value) => value + 1);
    });
    const byShot = geometry.shots.map(({ tokens }) => countGroups(group, tokens, groups));
    return JSON.stringify({ step, layer, counts, pairShare: pairShare(counts), byShot, frames });
  });
  // One map a line: readable, and not much longer than without.
  return `${JSON.stringify(head).slice(0, -1)},"maps":[\n${lines.join(',\n')}\n]}\n`;
}
