import { useEffect, useState } from 'react';
import styles from './ProjectsPanel.module.css';

/** Picture of a storyboard's last film; an empty frame before there is one. */
export function KeptStill({ still }: { still: Blob | null }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!still) return setUrl(null);
    const made = URL.createObjectURL(still);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [still]);
  return url === null ? (
    <span className={styles.noStill} />
  ) : (
    <img className={styles.still} src={url} alt="" />
  );
}
