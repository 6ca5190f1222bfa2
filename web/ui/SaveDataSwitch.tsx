// Smaller pictures: stands wherever devices are chosen, since a slow network shows before the meeting too.
import { text } from '../i18n/text.ts';
import { Switch } from './Switch.tsx';

type Props = { readonly on: boolean; onChange(on: boolean): void };

export function SaveDataSwitch({ on, onChange }: Props) {
  return (
    <div className="flex flex-col border-t border-line pt-3">
      <Switch label={text('devices.saveData')} on={on} onChange={onChange} />
      <p className="text-quiet">{text('devices.saveData.hint')}</p>
    </div>
  );
}
