import type { CSSProperties } from 'react';
import { FilmScreen } from '../film/player/FilmScreen.tsx';
import { FormingScreen } from '../film/player/FormingScreen.tsx';
import { shotAt } from '../film/player/mapFrame.ts';
import screens from '../film/player/Screen.module.css';
import { SlateScreen } from '../film/player/SlateScreen.tsx';
import { Transport } from '../film/player/Transport.tsx';
import { usePlayhead } from '../film/player/usePlayer.ts';
import { usePlayheadClock } from '../film/player/usePlayheadClock.ts';
import { useStoryboard } from '../storyboard/useStoryboard.ts';
import { ExamplesStrip } from './ExamplesStrip.tsx';
import { FailurePanel } from './FailurePanel.tsx';
import { FirstFilm } from './firstFilm/FirstFilm.tsx';
import { ProgressPanel } from './ProgressPanel.tsx';
import { RouterOverlay } from './router/RouterOverlay.tsx';
import { RouterPanel } from './router/RouterPanel.tsx';
import { RouterToggle } from './router/RouterToggle.tsx';
import styles from './StagePanel.module.css';
import { StageTags } from './StageTags.tsx';
import { TakesButton } from './takes/TakesButton.tsx';
import { type Shown, useShown } from './useShown.ts';

/** The film, whatever there is of it, and what is being done about it. */
export function StagePanel() {
  const shown = useShown();
  usePlayheadClock(shown?.kind === 'film');
  return (
    <section className={styles.stage} aria-label="Stage">
      {shown ? (
        <>
          <div className={screens.room}>
            <div
              className={screens.screen}
              style={{ '--aspect': shown.geometry.width / shown.geometry.height } as CSSProperties}
            >
              <Screen shown={shown} />
              <RouterOverlay />
              <StageTags shown={shown} />
            </div>
          </div>
          <div className={styles.under}>
            <Transport facts={facts(shown)} />
            <RouterToggle />
            <TakesButton />
          </div>
          <RouterPanel />
        </>
      ) : (
        <p className={styles.refused}>
          The model cannot make pictures of this size: choose another size in the film's settings.
        </p>
      )}
      <ProgressPanel />
      <FailurePanel />
      <ExamplesStrip />
      <FirstFilm />
    </section>
  );
}

function Screen({ shown }: { shown: Shown }) {
  switch (shown.kind) {
    case 'film':
      return <FilmScreen key={shown.film.url} url={shown.film.url} />;
    case 'forming':
      return <FormingScreen aspect={shown.geometry.width / shown.geometry.height} />;
    case 'slates':
      return <Slate shown={shown} />;
  }
}

function Slate({ shown }: { shown: Shown }) {
  const frame = usePlayhead((state) => state.frame);
  const span = shotAt(frame, shown.geometry.shots) ?? shown.geometry.shots[0];
  const prompt = useStoryboard(
    (state) => state.document.shots.find((shot) => shot.id === span?.id)?.prompt ?? '',
  );
  return span && <SlateScreen number={span.index + 1} prompt={prompt} seconds={span.seconds} />;
}

function facts({ geometry }: Shown): string[] {
  const { width, height, fps, frames, latent } = geometry;
  return [`${width}×${height} · ${fps} fps`, `${frames} frames · ${latent.frames} latent`];
}
