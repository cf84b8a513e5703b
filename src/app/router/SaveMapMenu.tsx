import { DropdownMenu } from 'radix-ui';
import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import menu from '../OpenMenu.module.css';
import { saveGroupsJson, saveGroupsPicture } from './saveGroups.ts';
import type { RouterView } from './useInspector.ts';

/** Takes the groups away, as numbers or as a picture. */
export function SaveMapMenu({ view }: { view: RouterView }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={controls.icon} aria-label="Save the groups" title="Save the groups">
        <Icon name="download" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={menu.menu} align="end" sideOffset={6} collisionPadding={12}>
          <DropdownMenu.Item className={menu.item} onSelect={() => void saveGroupsJson(view)}>
            Groups of all layers
            <span className={menu.hint}>JSON</span>
          </DropdownMenu.Item>
          <DropdownMenu.Item className={menu.item} onSelect={() => void saveGroupsPicture(view)}>
            This picture with its groups
            <span className={menu.hint}>PNG</span>
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
