import { IconButton } from '../../ui/IconButton.tsx';
import { GroupLegend } from './GroupLegend.tsx';
import { MapSliders } from './MapSliders.tsx';
import { percent } from './percent.ts';
import { placeWords } from './placeWords.ts';
import styles from './RouterPanel.module.css';
import { pairShare } from './routerMap.ts';
import { SaveMapMenu } from './SaveMapMenu.tsx';
import { ShotMaps } from './ShotMaps.tsx';
import { inspector, type RouterView, useInspectorView } from './useInspector.ts';

/** What the router did with the film on the stage: controls, numbers and all shots at a glance. */
export function RouterPanel() {
  const shown = useInspectorView();
  if (!shown) return null;
  return (
    <section className={styles.panel} aria-label="Groups">
      {shown.status === 'ready' ? (
        <Facts view={shown.view} />
      ) : (
        <p className={styles.none} role="status">
          {shown.status === 'none' ? shown.sentence : 'Reading the groups of this film…'}
          <CloseButton />
        </p>
      )}
    </section>
  );
}

function Facts({ view }: { view: RouterView }) {
  const { map, token, lit } = view;
  return (
    <>
      <div className={styles.top}>
        <MapSliders view={view} />
        <GroupLegend map={map} lit={lit} />
        <div className={styles.buttons}>
          <CloseButton />
          <SaveMapMenu view={view} />
        </div>
      </div>
      <p className={styles.facts} role="status">
        {token === null ? hint(view) : capital(placeWords(view, token))}
      </p>
      <ShotMaps view={view} />
    </>
  );
}

function hint({ map }: RouterView): string {
  const share = percent(pairShare(map.counts));
  return `Point at a patch, click to keep it. Groups leave ${share} of all pairs.`;
}

function CloseButton() {
  return <IconButton icon="close" label="Close the groups" onClick={inspector.actions.close} />;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
