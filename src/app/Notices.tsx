import { useEffect } from 'react';
import { useStore } from 'zustand';
import controls from '../ui/controls.module.css';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import styles from './Notices.module.css';
import { dismissNotice, type Notice, notices, takeOffer } from './notices.ts';

/** Good news goes by itself; bad news stays until the person has read it. */
const shownMilliseconds = 6000;
/** Longer where there is something to decide. */
const offerMilliseconds = 12_000;

export function Notices() {
  const shown = useStore(notices, (state) => state.shown);
  return (
    <ol className={styles.notices} aria-label="Notices">
      {shown.map((notice) => (
        <NoticeItem key={notice.id} notice={notice} />
      ))}
    </ol>
  );
}

function NoticeItem({ notice: { id, kind, sentence, offer } }: { notice: Notice }) {
  const hasOffer = offer !== undefined;
  useEffect(() => {
    if (kind === 'error') return;
    const timer = setTimeout(() => dismissNotice(id), hasOffer ? offerMilliseconds : shownMilliseconds);
    return () => clearTimeout(timer);
  }, [id, kind, hasOffer]);

  return (
    <li className={styles.notice} data-kind={kind}>
      {kind === 'error' && <Icon name="warning" />}
      <p role={kind === 'error' ? 'alert' : 'status'}>{sentence}</p>
      {offer && (
        <button type="button" className={controls.button} onClick={() => takeOffer(id)}>
          {offer.label}
        </button>
      )}
      <IconButton icon="close" label="Dismiss" onClick={() => dismissNotice(id)} />
    </li>
  );
}
