import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { usePlayhead } from '../../film/player/usePlayer.ts';
import { loadRouterRecord, type RouterRecord } from '../../library/routerRecords.ts';
import { latentFrameOf } from '../../plan/geometry.ts';
import { useModel } from '../../storyboard/studioModel.ts';
import type { Film } from '../generation.ts';
import { useShown } from '../useShown.ts';
import { createInspector, type Focus, type InspectorState } from './inspector.ts';
import { isOfFilm, type RouterMap, routerMap, tellingLayer } from './routerMap.ts';

/** The page has one stage, hence one inspector. */
export const inspector = createInspector(loadRouterRecord);

export function useInspector<T>(select: (state: InspectorState) => T): T {
  return useStore(inspector, select);
}

/** What the inspector shows of the film on the stage. */
export interface RouterView {
  film: Film;
  record: RouterRecord;
  map: RouterMap;
  /** Latent frame at the playhead. */
  latentFrame: number;
  /** Token that is pointed at, or else the one that is kept; null for neither, or a whole group. */
  token: number | null;
  /** Group that is lit; null for none. */
  lit: number | null;
}

export type InspectorView =
  | { status: 'reading' }
  | { status: 'none'; sentence: string }
  | { status: 'ready'; view: RouterView };

/** null while the inspector is shut, or without a finished film. */
export function useInspectorView(): InspectorView | null {
  const shown = useShown();
  const { config } = useModel();
  const open = useInspector((state) => state.open);
  const loaded = useInspector((state) => state.loaded);
  const layer = useInspector((state) => state.layer);
  const step = useInspector((state) => state.step);
  const focus = useInspector((state) => state.pointed ?? state.pinned);
  const latentFrame = usePlayhead(({ frame }) => latentFrameOf(frame, config.ae.temporal));
  const film = shown?.kind === 'film' && open ? shown.film : null;
  const fileName = film?.record.fileName;

  useEffect(() => {
    if (fileName !== undefined) void inspector.actions.load(fileName);
  }, [fileName]);

  const record = loaded?.fileName === fileName ? loaded?.record : undefined;
  const map = useMemo(() => {
    if (!film || !record || !isOfFilm(record, film.geometry)) return null;
    // Another film may have fewer layers, or other steps.
    const last = record.steps.length - 1;
    const chosen = layer ?? tellingLayer(record.layers);
    return routerMap(record, Math.min(step ?? last, last), Math.min(chosen, record.layers - 1));
  }, [film, record, layer, step]);

  return useMemo((): InspectorView | null => {
    if (!film) return null;
    const { attention } = film.record;
    if (attention === 'dense') return { status: 'none', sentence: denseSentence };
    if (attention !== 'moga') return { status: 'none', sentence: headsSentence };
    if (record === undefined) return { status: 'reading' };
    if (!record || !map) return { status: 'none', sentence: noneSentence };
    const inside = Math.min(latentFrame, film.geometry.latent.frames - 1);
    const token = tokenOf(focus, inside, film);
    const lit = focus?.kind === 'group' ? focus.group : token === null ? null : (map.group[token] ?? null);
    return { status: 'ready', view: { film, record, map, latentFrame: inside, token, lit } };
  }, [film, record, map, latentFrame, focus]);
}

const denseSentence =
  'This film was made with dense attention: every patch attends to every other, so there are no groups.';
const headsSentence =
  'In this film every head of attention chose for itself what to look at, so there are no groups: make it with MoGA to see some.';
const noneSentence =
  'No groups are kept with this film: its model has no router, or it was made before the studio kept them. Generate it again with Papercut to see them.';

function tokenOf(focus: Focus | null, latentFrame: number, { geometry }: Film): number | null {
  if (focus?.kind === 'cell') return latentFrame * geometry.tokensPerFrame + focus.cell;
  return focus?.kind === 'token' ? focus.token : null;
}
