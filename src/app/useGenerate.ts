import { useStudio } from './studio.ts';

/** Starts the film; the page shows how it goes and what went wrong. */
export function useGenerate(): () => void {
  const { generation } = useStudio();
  return () => {
    // The failure panel shows the error, which `generate` keeps in its state.
    generation.generate().catch(() => undefined);
  };
}
