import { openDevice } from '../../src/engine/device.ts';
import { papercutActivations, randomWanActivations } from './activations.ts';
import { measureRoutings, type RoutingRow } from './measure.ts';

/** What the report is made of. */
export interface RoutingReport {
  rows: RoutingRow[];
  adapter: string;
}

/** Measures the routings on the activations of Papercut's dense mode and of a random Wan, in this page. */
export async function measureInThisPage(progress: (text: string) => void): Promise<RoutingReport> {
  const { gpu, adapter } = await openDevice();
  const rows: RoutingRow[] = [];
  for (const run of [randomWanActivations, papercutActivations]) {
    const scope = gpu.scope();
    await run(scope, async (name, activations) => {
      progress(name);
      await measureRoutings(scope, name, activations, (row) => rows.push(row));
    });
    scope.freeAll();
  }
  gpu.device.destroy();
  return { rows, adapter: adapter.description || adapter.architecture };
}
