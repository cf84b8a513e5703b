import { useEffect, useState } from 'react';
import { RerollContext } from '../storyboard/reroll.ts';
import { loadStudioModel, ModelContext } from '../storyboard/studioModel.ts';
import { exposeAutomation } from './automation.ts';
import { ErrorScreen } from './ErrorScreen.tsx';
import { OwnModelsProvider } from './models/OwnModelsProvider.tsx';
import { toShotweaveError } from './notices.ts';
import { StudioPage } from './StudioPage.tsx';
import { type Studio, StudioContext, startStudio } from './studio.ts';

type Start =
  | { status: 'starting' }
  | { status: 'ready'; studio: Studio }
  | { status: 'failed'; error: unknown };

/** Started once for the page, however often React mounts. */
let starting: Promise<Studio> | undefined;

async function start(): Promise<Studio> {
  const studio = await startStudio(await loadStudioModel());
  exposeAutomation(studio);
  return studio;
}

/** The studio, once the model's words and the last storyboard are at hand. */
export function App() {
  const [state, setState] = useState<Start>({ status: 'starting' });
  useEffect(() => {
    starting ??= start();
    starting.then(
      (studio) => setState({ status: 'ready', studio }),
      (error: unknown) => setState({ status: 'failed', error }),
    );
  }, []);

  if (state.status === 'starting') return null;
  if (state.status === 'failed') return <ErrorScreen sentence={toShotweaveError(state.error).message} />;
  return (
    <StudioContext value={state.studio}>
      <ModelContext value={state.studio.model}>
        <RerollContext value={state.studio.reroll}>
          <OwnModelsProvider>
            <StudioPage />
          </OwnModelsProvider>
        </RerollContext>
      </ModelContext>
    </StudioContext>
  );
}
