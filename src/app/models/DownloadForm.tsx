import { type FormEvent, useState } from 'react';
import { formatBytes } from '../../library/room.ts';
import controls from '../../ui/controls.module.css';
import { toShotweaveError } from '../notices.ts';
import { useStudio } from '../studio.ts';
import styles from './Models.module.css';
import type { DownloadOffer } from './models.ts';

/** Downloads a file from an address: first what it takes and what room there is, then the file. */
export function DownloadForm() {
  const { models } = useStudio();
  const [address, setAddress] = useState('');
  const [sha256, setSha256] = useState('');
  const [offer, setOffer] = useState<DownloadOffer | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);

  async function look(event: FormEvent): Promise<void> {
    event.preventDefault();
    setProblem(null);
    setOffer(null);
    setAsking(true);
    try {
      setOffer(await models.look(address));
    } catch (cause) {
      setProblem(toShotweaveError(cause).message);
    } finally {
      setAsking(false);
    }
  }

  function start(chosen: DownloadOffer): void {
    const hash = sha256.trim();
    if (hash !== '' && !/^[0-9a-f]{64}$/i.test(hash)) {
      setProblem('A SHA-256 has 64 digits from 0 to f: check it, or leave the field empty.');
      return;
    }
    void models.download(chosen, hash === '' ? null : hash);
    setOffer(null);
    setAddress('');
    setSha256('');
    setProblem(null);
  }

  return (
    <form className={styles.download} onSubmit={(event) => void look(event)}>
      <label className={controls.field}>
        Or download from an address
        <input
          className={controls.input}
          type="text"
          inputMode="url"
          placeholder="https://…/model.safetensors"
          value={address}
          onChange={(event) => {
            setAddress(event.target.value);
            setOffer(null);
          }}
        />
      </label>
      <button type="submit" className={controls.button} disabled={address.trim() === '' || asking}>
        {asking ? 'Asking…' : 'Look'}
      </button>
      {problem !== null && (
        <p className={styles.fault} role="alert">
          {problem}
        </p>
      )}
      {offer && (
        <div className={styles.offer}>
          <p>
            <strong>{offer.name}</strong>,{' '}
            {offer.bytes === null ? 'of a size that the server does not tell' : formatBytes(offer.bytes)}
            {offer.room && (
              <>
                ; the browser has room for{' '}
                <span className={controls.numbers}>
                  {formatBytes(offer.room.available - offer.room.used)}
                </span>
              </>
            )}
            .
          </p>
          {offer.refusal === null ? (
            <>
              <label className={controls.field}>
                SHA-256, if you know it
                <input
                  className={controls.input}
                  type="text"
                  spellCheck={false}
                  value={sha256}
                  onChange={(event) => setSha256(event.target.value)}
                />
              </label>
              <button type="button" className={controls.primary} onClick={() => start(offer)}>
                Download
              </button>
            </>
          ) : (
            <p className={styles.fault} role="alert">
              {offer.refusal}
            </p>
          )}
        </div>
      )}
    </form>
  );
}
