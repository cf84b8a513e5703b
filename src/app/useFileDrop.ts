import { useEffect, useState } from 'react';
import { openFile } from './openFile.ts';

/** Opens a storyboard or an exported film that is dropped anywhere on the page. True while one hovers over it. */
export function useFileDrop(): boolean {
  const [hovered, setHovered] = useState(false);
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const onDragOver = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setHovered(true);
    };
    const onDragLeave = (event: DragEvent) => {
      // No element to go to: the pointer has left the page.
      if (event.relatedTarget === null) setHovered(false);
    };
    const onDrop = (event: DragEvent) => {
      setHovered(false);
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      void openFile(file);
    };
    window.addEventListener('dragover', onDragOver, { signal });
    window.addEventListener('dragleave', onDragLeave, { signal });
    window.addEventListener('drop', onDrop, { signal });
    return () => listening.abort();
  }, []);
  return hovered;
}
