import { formatBytes } from '../../library/room.ts';
import type { ModelSet } from '../../render/modelReport.ts';
import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import styles from './Models.module.css';

const decoderWords = { 'wan-vae': 'Wan-VAE decodes', taehv: 'TAEHV decodes' } as const;

/** A Wan model: ready, or what it lacks and, `detailed`, what would supply it. */
export function SetCard({
  set: { title, missing, bytes, decoder },
  detailed,
}: {
  set: ModelSet;
  detailed: boolean;
}) {
  const ready = missing.length === 0;
  return (
    <li className={styles.set} data-ready={ready}>
      <h3>
        <Icon name={ready ? 'check' : 'warning'} />
        {title}
        <span className={`${controls.numbers} ${styles.setFacts}`}>
          {ready
            ? `${formatBytes(bytes)} · ${decoder ? decoderWords[decoder] : ''}`
            : `${missing.length} of 4 parts missing`}
        </span>
      </h3>
      {!ready && detailed && (
        <dl>
          {missing.map(({ what, supply }) => (
            <div key={what}>
              <dt>{what}</dt>
              <dd>{supply}</dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}
