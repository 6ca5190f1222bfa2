// Leaving: at once for a guest. A host is asked once whether the others stay.
import { CircleStop, LogOut } from 'lucide-react';
import type { ComponentProps } from 'react';
import { text } from '../i18n/text.ts';
import { Menu, MenuItem } from '../ui/Menu.tsx';

type Props = { readonly host: boolean; onLeave(): void; onEnd(): void };

export function LeaveButton({ host, onLeave, onEnd }: Props) {
  return (
    <div className="flex justify-end">
      {host ? (
        <Menu side="top" align="end" trigger={<Red />}>
          <MenuItem icon={<LogOut size={18} />} hint={text('leave.host.hint')} onSelect={onLeave}>
            {text('leave.host.leave')}
          </MenuItem>
          <MenuItem icon={<CircleStop size={18} />} danger onSelect={onEnd}>
            {text('leave.host.end')}
          </MenuItem>
        </Menu>
      ) : (
        <Red onClick={onLeave} />
      )}
    </div>
  );
}

function Red(props: Omit<ComponentProps<'button'>, 'className'>) {
  return (
    <button
      type="button"
      {...props}
      className="flex min-h-14 min-w-14 flex-col items-center justify-center gap-1 rounded-surface bg-stop px-2 text-small font-bold text-stop-ink transition-[filter] hover:brightness-110 sm:min-h-12 sm:flex-row sm:gap-2.5 sm:px-5 sm:text-base"
    >
      <LogOut aria-hidden size={20} />
      <span>{text('bar.leave')}</span>
    </button>
  );
}
