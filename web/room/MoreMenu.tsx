// What is needed now and then. On a narrow window also what did not fit into the bar.
import {
  CircleStop,
  Ellipsis,
  Hand,
  Keyboard,
  LayoutGrid,
  Link,
  Lock,
  LockOpen,
  PictureInPicture2,
  Settings2,
  Users,
} from 'lucide-react';
import type { CallActions, MeetingView } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { DoorIcon } from '../ui/DoorIcon.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/Menu.tsx';
import { BarButton } from './BarButton.tsx';
import type { Part } from './parts.ts';

type Props = {
  readonly meeting: MeetingView;
  readonly actions: CallActions;
  readonly view: 'grid' | 'speaker';
  readonly host: boolean;
  readonly hand: boolean;
  readonly narrow: boolean;
  onOpen(part: Part): void;
  onView(view: 'grid' | 'speaker'): void;
};

export function MoreMenu(props: Props) {
  const { meeting, actions, view, host, hand, narrow, onOpen, onView } = props;
  const other = view === 'grid' ? 'speaker' : 'grid';
  return (
    <Menu
      side="top"
      align="center"
      trigger={<BarButton icon={<Ellipsis size={22} />} label={text('bar.more')} />}
    >
      {narrow ? (
        <>
          <MenuItem icon={<Hand size={18} />} onSelect={() => actions.raiseHand(!hand)}>
            {text(hand ? 'bar.hand.down' : 'bar.hand.up')}
          </MenuItem>
          <MenuItem icon={<Users size={18} />} onSelect={() => onOpen('people')}>
            {text('bar.people')}
          </MenuItem>
        </>
      ) : null}
      <MenuItem
        icon={other === 'grid' ? <LayoutGrid size={18} /> : <PictureInPicture2 size={18} />}
        onSelect={() => onView(other)}
      >
        {text(other === 'speaker' ? 'more.speaker' : 'more.grid')}
      </MenuItem>
      <MenuItem icon={<Settings2 size={18} />} onSelect={() => onOpen('devices')}>
        {text('more.devices')}
      </MenuItem>
      <MenuItem icon={<DoorIcon size={18} />} onSelect={() => onOpen('trust')}>
        {text('more.trust')}
      </MenuItem>
      <MenuItem icon={<Keyboard size={18} />} onSelect={() => onOpen('shortcuts')}>
        {text('more.shortcuts')}
      </MenuItem>
      {host ? (
        <>
          <MenuSeparator />
          {meeting.link === undefined ? null : (
            <MenuItem icon={<Link size={18} />} onSelect={() => onOpen('invite')}>
              {text('more.invite')}
            </MenuItem>
          )}
          <MenuItem
            icon={meeting.locked ? <LockOpen size={18} /> : <Lock size={18} />}
            onSelect={() => actions.lock(!meeting.locked)}
          >
            {text(meeting.locked ? 'more.unlock' : 'more.lock')}
          </MenuItem>
          <MenuItem icon={<CircleStop size={18} />} danger onSelect={() => onOpen('end')}>
            {text('more.end')}
          </MenuItem>
        </>
      ) : null}
    </Menu>
  );
}
