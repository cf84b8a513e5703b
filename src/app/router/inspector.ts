import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RouterRecord } from '../../library/routerRecords.ts';

/** What the person points at or has kept. */
export type Focus =
  /** A patch of whatever latent frame is on the stage: its place in the grid, row by row. */
  | { kind: 'cell'; cell: number }
  /** A token of the film. */
  | { kind: 'token'; token: number }
  /** A group by its number, from 0. */
  | { kind: 'group'; group: number };

export interface InspectorState {
  open: boolean;
  /** From 0; null for the one whose groups tell most. */
  layer: number | null;
  /** One of the recorded steps, from 0; null for the last. */
  step: number | null;
  pointed: Focus | null;
  pinned: Focus | null;
  /** What was read last; `record` is null where the film has none. */
  loaded: { fileName: string; record: RouterRecord | null } | null;
}

export interface InspectorActions {
  toggle(): void;
  close(): void;
  setLayer(layer: number): void;
  setStep(step: number): void;
  point(focus: Focus | null): void;
  /** Keeps what is pointed at lit; the same again lets go of it. */
  pin(focus: Focus | null): void;
  /** Reads the record of a film, unless it is at hand already. */
  load(fileName: string): Promise<void>;
}

export type InspectorStore = StoreApi<InspectorState> & { actions: InspectorActions };

/** What the inspector of the router shows. `read` never has to succeed: a film without a record has none. */
export function createInspector(read: (fileName: string) => Promise<RouterRecord | null>): InspectorStore {
  const store = createStore<InspectorState>()(() => ({
    open: false,
    layer: null,
    step: null,
    pointed: null,
    pinned: null,
    loaded: null,
  }));
  let wanted: string | null = null;

  const actions: InspectorActions = {
    toggle: () => store.setState(({ open }) => ({ open: !open, pointed: null })),
    close: () => store.setState({ open: false, pointed: null }),
    // Groups of one layer have nothing to do with those of another; a patch stays the same patch.
    setLayer: (layer) => store.setState(({ pinned }) => ({ layer, pinned: isPlace(pinned) ? pinned : null })),
    setStep: (step) => store.setState({ step }),
    point(focus) {
      if (!same(focus, store.getState().pointed)) store.setState({ pointed: focus });
    },
    pin: (focus) => store.setState(({ pinned }) => ({ pinned: same(focus, pinned) ? null : focus })),
    async load(fileName) {
      if (wanted === fileName) return;
      wanted = fileName;
      const record = await read(fileName).catch(() => null);
      if (wanted !== fileName) return;
      store.setState({ loaded: { fileName, record }, pinned: null, pointed: null });
    },
  };
  return Object.assign(store, { actions });
}

function isPlace(focus: Focus | null): boolean {
  return focus !== null && focus.kind !== 'group';
}

function same(a: Focus | null, b: Focus | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
