import controls from '../../ui/controls.module.css';
import styles from './Screen.module.css';

interface SlateScreenProps {
  number: number;
  prompt: string;
  seconds: number;
}

/** Stands for a shot that has no pictures yet. */
export function SlateScreen({ number, prompt, seconds }: SlateScreenProps) {
  return (
    <div className={styles.slate}>
      <p className={`${controls.numbers} ${styles.slateFacts}`}>
        Shot {number} · {seconds.toFixed(2)} s
      </p>
      <p className={styles.slatePrompt} data-empty={prompt === ''}>
        {prompt || 'This shot has no prompt yet'}
      </p>
    </div>
  );
}
