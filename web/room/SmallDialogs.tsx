// The dialogs that hold one thing each: devices, shortcuts, ending for everyone.
import type { CallActions, Own } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { DeviceFields } from '../ui/DeviceFields.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { SaveDataSwitch } from '../ui/SaveDataSwitch.tsx';
import { Switch } from '../ui/Switch.tsx';
import { SHORTCUTS } from './use-shortcuts.ts';

type DeviceProps = {
  readonly open: boolean;
  readonly own: Own;
  readonly actions: Pick<CallActions, 'chooseDevice' | 'saveData'>;
  onClose(): void;
};

export function DeviceDialog({ open, own, actions, onClose }: DeviceProps) {
  const { microphones, cameras, speakers, chosen } = own.devices;
  return (
    <Dialog open={open} onClose={onClose} title={text('devices.title')}>
      <DeviceFields
        choices={{ microphone: microphones, camera: cameras, speaker: speakers }}
        chosen={chosen}
        onChoose={actions.chooseDevice}
      />
      <SaveDataSwitch on={own.saveData} onChange={actions.saveData} />
    </Dialog>
  );
}

type ShortcutProps = {
  readonly open: boolean;
  readonly used: boolean;
  onUse(used: boolean): void;
  onClose(): void;
};

export function ShortcutDialog({ open, used, onUse, onClose }: ShortcutProps) {
  return (
    <Dialog open={open} onClose={onClose} title={text('keys.title')}>
      <Switch label={text('keys.switch')} on={used} onChange={onUse} />
      <p className="text-quiet">{text('keys.hint')}</p>
      <dl
        className={`grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-2 ${used ? '' : 'opacity-60'}`}
      >
        {SHORTCUTS.map(({ key, does }) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="inline-flex min-w-9 justify-center rounded-small border border-edge px-2 py-0.5 font-sans font-bold">
                {key}
              </kbd>
            </dt>
            <dd>{text(`keys.${does}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

type EndProps = { readonly open: boolean; onEnd(): void; onClose(): void };

export function EndDialog({ open, onEnd, onClose }: EndProps) {
  return (
    <Dialog open={open} onClose={onClose} title={text('end.confirm.title')}>
      <p>{text('end.confirm.what')}</p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={onClose}>{text('end.confirm.no')}</Button>
        <Button kind="stop" onClick={onEnd}>
          {text('end.confirm.yes')}
        </Button>
      </div>
    </Dialog>
  );
}
