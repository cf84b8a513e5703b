import controls from '../ui/controls.module.css';
import { notifyError } from './notices.ts';
import { useGeneration, useStudio } from './studio.ts';
import { useGenerate } from './useGenerate.ts';

/** Generate, and Cancel in its place while a film is being made. */
export function GenerateButton() {
  const { generation } = useStudio();
  const job = useGeneration((state) => state.job);
  const generate = useGenerate();
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
      Generate
    </button>
  );
}
