import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import controls from '../ui/controls.module.css';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import styles from './Notices.module.css';
import { dismissNotice, type Notice, notices, takeOffer } from './notices.ts';
import { holdNotices, runNoticeTime } from './noticeTime.ts';

export function Notices() {
  const shown = useStore(notices, (state) => state.shown);
  useEffect(runNoticeTime, []);
  useEffect(holdWhileHidden, []);
  return (
    <ol className={styles.notices} aria-label="Notices">
      {shown.map((notice) => (
        <NoticeItem key={notice.id} notice={notice} />
      ))}
    </ol>
  );
}

function NoticeItem({ notice: { id, kind, sentence, offer } }: { notice: Notice }) {
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const attended = hovered || focused;
  useEffect(() => (attended ? holdNotices() : undefined), [attended]);

  return (
    <li
      className={styles.notice}
      data-kind={kind}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
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

/** The time of notices stands still while the tab is in the background. */
function holdWhileHidden(): () => void {
  let release: (() => void) | null = null;
  function follow(): void {
    release?.();
    release = document.hidden ? holdNotices() : null;
  }
  follow();
  document.addEventListener('visibilitychange', follow);
  return () => {
    document.removeEventListener('visibilitychange', follow);
    release?.();
  };
}
