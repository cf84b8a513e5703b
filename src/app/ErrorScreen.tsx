import controls from '../ui/controls.module.css';
import styles from './ErrorScreen.module.css';
import { Logo } from './Logo.tsx';

/** In place of the studio when it cannot be shown. */
export function ErrorScreen({ sentence }: { sentence: string }) {
  return (
    <main className={styles.screen} role="alert">
      <Logo size={36} />
      <p className={styles.sentence}>{sentence}</p>
      <button type="button" className={controls.primary} onClick={() => location.reload()}>
        Reload
      </button>
    </main>
  );
}
