import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { IconButton } from '../ui/IconButton.tsx';
import { HeldNotices } from './HeldNotices.tsx';
import styles from './KeysDialog.module.css';
import { keyGroups } from './keys.ts';
import { useKeysDialogKey } from './useKeyboard.ts';

/** The list of keys. */
export function KeysDialog() {
  const [open, setOpen] = useState(false);
  useKeysDialogKey(() => setOpen(true));
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <IconButton icon="keyboard" label="Keys" />
      </Dialog.Trigger>
      <Dialog.Portal>
        {/* Not the dialog's own overlay: that locks scrolling through a style element, which the page's policy forbids. */}
        <div className={styles.veil} />
        <Dialog.Content className={styles.dialog} aria-describedby={undefined}>
          <HeldNotices />
          <header className={styles.header}>
            <Dialog.Title className={styles.title}>Keys</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton icon="close" label="Close" />
            </Dialog.Close>
          </header>
          {keyGroups.map((group) => (
            <section key={group.name} className={styles.group}>
              <h3>{group.name}</h3>
              <dl>
                {group.keys.map(({ keys, does }) => (
                  <div key={does}>
                    <dt>
                      {keys.map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </dt>
                    <dd>{does}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
