import { useStore } from 'zustand';
import { IconButton } from '../ui/IconButton.tsx';
import { notifyError } from './notices.ts';
import { useStudio } from './studio.ts';

/** The only place where the page asks for leave to send notifications. */
export function NotifySwitch() {
  const { notification } = useStudio();
  const wanted = useStore(notification.state, (state) => state.wanted);
  return (
    <IconButton
      icon="bell"
      label="Notify me when the film is done"
      aria-pressed={wanted}
      onClick={() => notification.toggle().catch(notifyError)}
    />
  );
}
