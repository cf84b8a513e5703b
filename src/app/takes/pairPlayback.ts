import type { Playhead } from '../../film/player/playhead.ts';
import { endOf } from '../../film/player/range.ts';
import type { FilmGeometry } from '../../plan/types.ts';
import { alignFrame } from './alignFrame.ts';

/** A take on the screen. */
export interface PlayedTake {
  video: HTMLVideoElement;
  geometry: Pick<FilmGeometry, 'shots' | 'fps'>;
}

type Cut = PlayedTake['geometry'];
type Player = Pick<HTMLVideoElement, 'currentTime' | 'ended' | 'pause' | 'paused' | 'play' | 'seeking'>;

/** Frames that the second take may be off while both play: seeking costs more than it mends below this. */
const drift = 2;
/** Frames from the end of a take's file, where it stops, to the beginning of its last frame. */
const lastFrame = 1;

/**
 * Ties two takes to one playhead, which counts the frames of the first. While it plays the first take keeps the time
 * and the second runs beside it, brought back where it drifts or where the takes are cut differently; while it stands
 * both show their exact frames. Returns what unties them.
 */
export function playPair(first: PlayedTake, second: PlayedTake, playhead: Playhead): () => void {
  let untie = playhead.getState().playing ? run(first, second, playhead) : stand(first, second, playhead);
  let { playing } = playhead.getState();
  const unsubscribe = playhead.subscribe((state) => {
    if (state.playing === playing) return;
    playing = state.playing;
    untie();
    untie = playing ? run(first, second, playhead) : stand(first, second, playhead);
  });
  return () => {
    unsubscribe();
    untie();
  };
}

function run(first: PlayedTake, second: PlayedTake, playhead: Playhead): () => void {
  let request = 0;
  let stopped = false;

  function tick(): void {
    if (stopped) return;
    advance(first.video, playhead);
    runBeside(first, second, playhead.getState().frame);
    request = requestAnimationFrame(tick);
  }

  const { frame, fps } = playhead.getState();
  first.video.currentTime = frame / fps;
  first.video.play().then(tick, () => {
    if (!stopped) playhead.actions.pause();
  });
  return () => {
    stopped = true;
    cancelAnimationFrame(request);
    first.video.pause();
    second.video.pause();
  };
}

/** The playhead follows the video, and takes it round at the end of the film or of the range. */
function advance(video: HTMLVideoElement, playhead: Playhead): void {
  const { fps, frames, range } = playhead.getState();
  const lap = range ?? { start: 0, count: frames };
  const frame = Math.floor(video.currentTime * fps + 0.01);
  if (!video.ended && frame >= lap.start && frame < endOf(lap)) {
    playhead.actions.follow(video.currentTime);
    return;
  }
  playhead.actions.seek(lap.start);
  video.currentTime = (lap.start + 0.5) / fps;
  if (video.paused) void video.play().catch(() => undefined);
}

/** Brings the second take to where the first is, in which `frame` is shown. */
export function runBeside(
  first: { geometry: Cut },
  { video, geometry }: { video: Player; geometry: Cut },
  frame: number,
): void {
  const at = alignFrame(frame, first.geometry, geometry);
  const waits = at === null || alignFrame(frame + 1, first.geometry, geometry) === at;
  if (waits && !video.paused) video.pause();
  if (at === null) return;
  const off = Math.abs(video.currentTime * geometry.fps - at);
  const allowed = video.ended ? lastFrame : drift;
  if (off > allowed && !video.seeking) video.currentTime = (at + 0.5) / geometry.fps;
  // A take that ran ahead to its end waits there: it would play from its beginning.
  if (!waits && video.paused && !video.ended) void video.play().catch(() => undefined);
}

function stand(first: PlayedTake, second: PlayedTake, playhead: Playhead): () => void {
  const stop = new AbortController();
  const tie = ({ video, geometry }: PlayedTake) => {
    const sync = () => {
      const at = alignFrame(playhead.getState().frame, first.geometry, geometry);
      if (at === null || video.seeking || video.readyState < HTMLMediaElement.HAVE_METADATA) return;
      const time = (at + 0.5) / geometry.fps;
      if (Math.abs(video.currentTime - time) > 0.25 / geometry.fps) video.currentTime = time;
    };
    const unsubscribe = playhead.subscribe(sync);
    stop.signal.addEventListener('abort', unsubscribe);
    for (const event of ['seeked', 'loadeddata']) {
      video.addEventListener(event, sync, { signal: stop.signal });
    }
    sync();
  };
  tie(first);
  tie(second);
  return () => stop.abort();
}
