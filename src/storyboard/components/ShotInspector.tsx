import { useRef } from 'react';
import { latentFramesOf, secondsPerLatentFrame, snapSeconds } from '../../plan/geometry.ts';
import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { choosePhrase } from '../choosePhrase.ts';
import { limits } from '../document.ts';
import type { WordGroup } from '../papercutWords.ts';
import { useReroll } from '../reroll.ts';
import { selectedShot } from '../store.ts';
import { useModel } from '../studioModel.ts';
import { useReadBeside } from '../useCarried.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import { CarriedColour } from './CarriedColour.tsx';
import styles from './Inspector.module.css';
import { Movement } from './Movement.tsx';
import { PromptEditor } from './PromptEditor.tsx';
import { SeedField } from './SeedField.tsx';
import { UnknownWords } from './UnknownWords.tsx';
import { WordPalette } from './WordPalette.tsx';

/** Everything about the selected shot. */
export function ShotInspector() {
  const { shot, index } = useSelectedShot();
  const fps = useStoryboard((state) => state.document.fps);
  const look = useStoryboard((state) => state.document.look);
  const carried = useReadBeside(index);
  const { config, wordHelp } = useModel();
  const reroll = useReroll();
  const prompt = useRef<HTMLDivElement>(null);
  /** Where the person last was in the prompt; a shot whose prompt they never entered takes phrases at its end. */
  const caret = useRef<{ shotId: string; at: number } | null>(null);
  const number = index + 1;
  const { editShot, endStep } = storyboard.actions;
  const { temporal } = config.ae;
  const latentFrames = latentFramesOf(shot.seconds, fps, temporal);

  function choose(phrase: string, group: WordGroup): void {
    const field = prompt.current?.querySelector('textarea');
    const at = caret.current?.shotId === shot.id ? caret.current.at : shot.prompt.length;
    const { text, caret: behind } = choosePhrase(shot.prompt, phrase, group, at);
    if (text.length > limits.promptCharacters) return;
    endStep();
    editShot(shot.id, { prompt: text });
    endStep();
    // The field takes the new text when React has drawn it; the caret follows then.
    requestAnimationFrame(() => field?.setSelectionRange(behind, behind));
    caret.current = { shotId: shot.id, at: behind };
  }

  return (
    <section className={styles.section} aria-label={`Shot ${number}`}>
      <header className={styles.header}>
        <h2 className={controls.heading}>Shot {number}</h2>
        {reroll && (
          <button
            type="button"
            className={controls.aside}
            title="Make only this shot anew, from another seed (R)"
            onClick={() => reroll.shot(shot.id)}
          >
            <Icon name="reroll" size={14} />
            Re-roll this shot
          </button>
        )}
      </header>
      <div ref={prompt}>
        <PromptEditor
          key={shot.id}
          className={styles.prompt}
          label="Prompt in the inspector"
          shotId={shot.id}
          placeholder="What is to be seen, where, in what light?"
          value={shot.prompt}
          look={look}
          carried={carried}
          aria-describedby="words-of-shot"
          onText={(text) => editShot(shot.id, { prompt: text })}
          onSelect={({ currentTarget }) => {
            caret.current = { shotId: shot.id, at: currentTarget.selectionEnd };
          }}
          onBlur={endStep}
        />
      </div>
      <UnknownWords
        id="words-of-shot"
        text={shot.prompt}
        look={look}
        carried={carried}
        onText={(text) => editShot(shot.id, { prompt: text })}
      />
      <CarriedColour index={index} />
      <Movement index={index} />
      {wordHelp && <WordPalette prompt={shot.prompt} onPhrase={choose} />}
      <div className={styles.pair}>
        <div className={controls.field}>
          <span aria-hidden="true">Length in seconds</span>
          <NumberField
            key={shot.id}
            label={`Seconds of shot ${number}`}
            describedBy="snapped-length"
            value={shot.seconds}
            {...limits.shotSeconds}
            step={secondsPerLatentFrame(fps, temporal)}
            onValue={(seconds) => editShot(shot.id, { seconds })}
            onDone={endStep}
          />
        </div>
        <OwnSeed />
      </div>
      <div className={styles.lengths}>
        <p id="snapped-length" className={`${controls.numbers} ${styles.snapped}`}>
          {formatSeconds(shot.seconds)} s → {snapSeconds(shot.seconds, fps, temporal).toFixed(2)} s,{' '}
          {latentFrames} latent {latentFrames === 1 ? 'frame' : 'frames'}
        </p>
        <SameLength seconds={shot.seconds} />
      </div>
    </section>
  );
}

/** Gives every shot this length, where they differ. */
function SameLength({ seconds }: { seconds: number }) {
  const differ = useStoryboard(({ document }) => document.shots.some((shot) => shot.seconds !== seconds));
  if (!differ) return null;

  function share(): void {
    const { setLengths, endStep } = storyboard.actions;
    endStep();
    setLengths(new Map(storyboard.getState().document.shots.map(({ id }) => [id, seconds])));
    endStep();
  }

  return (
    <button
      type="button"
      className={controls.aside}
      title={`Give every shot ${formatSeconds(seconds)} seconds`}
      onClick={share}
    >
      All shots as long
    </button>
  );
}

/** A shot draws its noise from the film's seed unless it has one of its own. */
function OwnSeed() {
  const { shot, index } = useSelectedShot();
  const filmSeed = useStoryboard((state) => state.document.seed);
  const setSeed = (seed: number | null) => {
    storyboard.actions.editShot(shot.id, { seed });
  };
  if (shot.seed !== null) {
    return (
      <SeedField
        name={`Seed of shot ${index + 1}`}
        caption="Seed of its own"
        value={shot.seed}
        onValue={setSeed}
        onClear={() => setSeed(null)}
      />
    );
  }
  return (
    <div className={controls.field}>
      <span aria-hidden="true">Seed: the film's</span>
      <label className={styles.check} title="This shot follows the film's seed until it has one of its own">
        <input type="checkbox" checked={false} onChange={() => setSeed(filmSeed)} />
        of its own
      </label>
    </div>
  );
}

function useSelectedShot() {
  const shot = useStoryboard((state) => selectedShot(state).shot);
  const index = useStoryboard((state) => selectedShot(state).index);
  return { shot, index };
}

function formatSeconds(seconds: number): string {
  return String(Math.round(seconds * 1000) / 1000);
}
