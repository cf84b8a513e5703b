import { Inspector } from '../storyboard/components/Inspector.tsx';
import { StoryboardPanel } from '../storyboard/components/StoryboardPanel.tsx';
import { DropVeil } from './DropVeil.tsx';
import { Header } from './Header.tsx';
import { ModelField } from './models/ModelField.tsx';
import { Notices } from './Notices.tsx';
import { ProgressAnnouncer } from './ProgressAnnouncer.tsx';
import { StagePanel } from './StagePanel.tsx';
import styles from './StudioPage.module.css';
import { TimelinePanel } from './TimelinePanel.tsx';
import { useKeyboard } from './useKeyboard.ts';
import { usePastedShots } from './usePastedShots.ts';
import { useKeepPlayhead } from './useShown.ts';
import { useTabTitle } from './useTabTitle.ts';

/** The cutting room. */
export function StudioPage() {
  return (
    <div className={styles.page}>
      <Header />
      <main className={styles.main}>
        <StoryboardPanel />
        <StagePanel />
        <Inspector modelField={<ModelField />} />
      </main>
      <TimelinePanel />
      <Notices />
      <ProgressAnnouncer />
      <DropVeil />
      <PageWork />
    </div>
  );
}

/** What the page does without showing anything: in a component of its own, lest every edit draw the whole page anew. */
function PageWork() {
  useKeyboard();
  usePastedShots();
  useKeepPlayhead();
  useTabTitle();
  return null;
}
