import { DropdownMenu } from 'radix-ui';
import { useRef } from 'react';
import controls from '../ui/controls.module.css';
import { Icon } from '../ui/Icon.tsx';
import { useLeaveFocus } from '../ui/useLeaveFocus.ts';
import { examples } from './examples.ts';
import { saveProject } from './export/savingProject.ts';
import { exportStem, saveStoryboard } from './exports.ts';
import { HeldNotices } from './HeldNotices.tsx';
import styles from './OpenMenu.module.css';
import { openableFiles, openDocument, openFile } from './openFile.ts';
import { copyLink } from './share.ts';
import { useStudio } from './studio.ts';

/** Storyboards from and to disk, and those that come with the studio. */
export function OpenMenu() {
  const { library } = useStudio();
  const { leaveFocus, onCloseAutoFocus } = useLeaveFocus();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className={controls.button}>
          <Icon name="folder" />
          Open
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            className={styles.menu}
            align="end"
            sideOffset={6}
            collisionPadding={12}
            onCloseAutoFocus={onCloseAutoFocus}
          >
            <HeldNotices />
            <DropdownMenu.Item
              className={styles.item}
              onSelect={() => {
                leaveFocus();
                void library.openNew();
              }}
            >
              New storyboard
            </DropdownMenu.Item>
            <DropdownMenu.Item className={styles.item} onSelect={() => picker.current?.click()}>
              Film, storyboard, project or shot list…
            </DropdownMenu.Item>
            <DropdownMenu.Item className={styles.item} onSelect={() => void saveStoryboard(exportStem())}>
              Save storyboard as a file
            </DropdownMenu.Item>
            <DropdownMenu.Item className={styles.item} onSelect={() => void saveProject(exportStem())}>
              Save project as a file
            </DropdownMenu.Item>
            <DropdownMenu.Item className={styles.item} onSelect={() => void copyLink()}>
              Copy a link to this storyboard
            </DropdownMenu.Item>
            <DropdownMenu.Separator className={styles.line} />
            <DropdownMenu.Label className={`${controls.heading} ${styles.heading}`}>
              Examples
            </DropdownMenu.Label>
            {examples.map((example) => (
              <DropdownMenu.Item
                key={example.title}
                className={styles.item}
                onSelect={() => openDocument(example)}
              >
                {example.title}
                <span className={styles.hint}>
                  {example.shots.length} {example.shots.length === 1 ? 'shot' : 'shots'}
                </span>
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="Film, storyboard, project or shot list to open"
        accept={openableFiles}
        onChange={({ target }) => {
          const file = target.files?.[0];
          // The same file may be chosen again.
          target.value = '';
          if (file) void openFile(file);
        }}
      />
    </>
  );
}
