// One of the two large switches: off until the person turns it on (PBD-2).
import type { ReactNode } from 'react';
import type { OwnDevice } from '../call/model.ts';
import { text } from '../i18n/text.ts';

type Props = {
  readonly label: string;
  readonly device: OwnDevice;
  readonly icon: ReactNode;
  readonly iconOff: ReactNode;
  onTurn(on: boolean): void;
};

const WORDS = {
  off: 'device.off',
  starting: 'device.starting',
  on: 'device.on',
  held: 'device.on',
  failed: 'device.failed',
} as const;

export function DeviceSwitch({ label, device, icon, iconOff, onTurn }: Props) {
  const on = device.kind === 'on' || device.kind === 'held' || device.kind === 'starting';
  const failed = device.kind === 'failed';
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      onClick={() => onTurn(!on)}
      className="flex min-h-16 min-w-0 flex-1 items-center gap-2.5 px-4 font-bold transition-colors -outline-offset-4 hover:bg-raised"
    >
      <span aria-hidden className={on ? 'text-accent' : failed ? 'text-warn' : 'text-ink'}>
        {on ? icon : iconOff}
      </span>
      <span className="flex min-w-0 flex-1 flex-col justify-between gap-x-2 text-left lg:flex-row">
        <span>{label}</span>
        <span
          aria-hidden
          className={`font-normal ${on ? 'text-accent' : failed ? 'text-warn' : 'text-quiet'}`}
        >
          {text(WORDS[device.kind])}
        </span>
      </span>
    </button>
  );
}
