import { useStoryboard } from '../storyboard/useStoryboard.ts';
import controls from '../ui/controls.module.css';
import { notifyError } from './notices.ts';
import { useGeneration, useStudio } from './studio.ts';
import { useGenerate } from './useGenerate.ts';

/** Generate, and Cancel in its place while a film is being made. */
export function GenerateButton() {
  const { generation } = useStudio();
  const job = useGeneration((state) => state.job);
  const generate = useGenerate();
  const shots = useStoryboard(({ document }) => document.shots.length);
  const locked = useStoryboard(({ document }) => document.shots.filter((shot) => shot.locked).length);
  if (job) {
    return (
      <button
        type="button"
        className={controls.stop}
        disabled={job.cancelling}
        onClick={() => generation.cancel().catch(notifyError)}
      >
        Cancel
      </button>
    );
  }
  return (
    <button type="button" className={controls.primary} title="Ctrl+Enter" onClick={generate}>
      {locked > 0 ? `Generate unlocked (${shots - locked})` : 'Generate'}
    </button>
  );
}
