import { useEffect, useState } from 'react';
import controls from '../ui/controls.module.css';
import { announceProgress } from './announceProgress.ts';
import { useStudio } from './studio.ts';

/** Tells a screen reader how far the film in the making is, and how it ended. */
export function ProgressAnnouncer() {
  const { generation } = useStudio();
  const [words, setWords] = useState('');
  useEffect(() => announceProgress(generation, setWords), [generation]);
  return (
    <p className={controls.hidden} role="status" aria-live="polite">
      {words}
    </p>
  );
}
