import { beforeEach, expect, it } from 'vitest';
import type { RouterRecord } from '../../library/routerRecords.ts';
import { createInspector, type InspectorStore } from './inspector.ts';

const record: RouterRecord = {
  ofSteps: 2,
  layers: 1,
  groups: 4,
  grid: { frames: 1, rows: 1, columns: 1 },
  steps: [],
};

let reads: { fileName: string; answer: (record: RouterRecord | null) => void; fail: () => void }[];
let inspector: InspectorStore;
beforeEach(() => {
  reads = [];
  inspector = createInspector(
    (fileName) =>
      new Promise((resolve, reject) => {
        reads.push({ fileName, answer: resolve, fail: () => reject(new Error('storage is shut')) });
      }),
  );
});

it('reads the record of a film once', async () => {
  const loading = inspector.actions.load('a.mp4');
  await inspector.actions.load('a.mp4');
  reads[0]?.answer(record);
  await loading;
  expect(inspector.getState().loaded).toEqual({ fileName: 'a.mp4', record });
  expect(reads).toHaveLength(1);
});

it('shows the film that was asked for last, whichever is read first', async () => {
  const first = inspector.actions.load('a.mp4');
  const second = inspector.actions.load('b.mp4');
  reads[1]?.answer(null);
  await second;
  reads[0]?.answer(record);
  await first;
  expect(inspector.getState().loaded).toEqual({ fileName: 'b.mp4', record: null });
});

it('takes a record that cannot be read for none', async () => {
  const loading = inspector.actions.load('a.mp4');
  reads[0]?.fail();
  await loading;
  expect(inspector.getState().loaded).toEqual({ fileName: 'a.mp4', record: null });
});

it('keeps a patch through the layers, and a group only in its own', () => {
  const { pin, setLayer } = inspector.actions;
  pin({ kind: 'token', token: 7 });
  setLayer(3);
  expect(inspector.getState().pinned).toEqual({ kind: 'token', token: 7 });
  pin({ kind: 'group', group: 2 });
  setLayer(4);
  expect(inspector.getState().pinned).toBeNull();
});

it('lets go of what is kept when it is kept again', () => {
  inspector.actions.pin({ kind: 'group', group: 1 });
  inspector.actions.pin({ kind: 'group', group: 2 });
  expect(inspector.getState().pinned).toEqual({ kind: 'group', group: 2 });
  inspector.actions.pin({ kind: 'group', group: 2 });
  expect(inspector.getState().pinned).toBeNull();
});
