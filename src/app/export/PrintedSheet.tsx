import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useStore } from 'zustand';
import { PrintSheetView } from '../../film/sheet/PrintSheetView.tsx';
import { endPrinting, printing } from './printing.ts';

/** Puts the sheet that is to be printed on the page, beside the studio, and opens the print dialog. */
export function PrintedSheet() {
  const { sheet, stem } = useStore(printing);
  const root = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!sheet) return;
    let current = true;
    window.addEventListener('afterprint', endPrinting);
    const images = [...(root.current?.querySelectorAll('img') ?? [])];
    // A picture that does not load leaves its place empty.
    void Promise.allSettled(images.map((image) => image.decode())).then(() => {
      if (!current) return;
      const { title } = document;
      // Browsers name a PDF after the page.
      document.title = stem;
      window.print();
      document.title = title;
    });
    return () => {
      current = false;
      window.removeEventListener('afterprint', endPrinting);
    };
  }, [sheet, stem]);

  return (
    sheet &&
    createPortal(
      <div ref={root} data-print="sheet">
        <PrintSheetView sheet={sheet} />
      </div>,
      document.body,
    )
  );
}
