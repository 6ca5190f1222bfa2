// Which microphone, camera and speaker: the browser's own lists, so that every device can use them.
import { type ReactNode, useId } from 'react';
import { text } from '../i18n/text.ts';

type Choice = { readonly id: string; readonly label: string };
type Kind = 'microphone' | 'camera' | 'speaker';

type Props = {
  readonly choices: Readonly<Record<Kind, readonly Choice[]>>;
  readonly chosen: { readonly [K in Kind]?: string };
  onChoose(kind: Kind, id: string): void;
};

export function DeviceFields({ choices, chosen, onChoose }: Props) {
  const kinds = (['microphone', 'camera', 'speaker'] as const).filter(
    (kind) => kind !== 'speaker' || choices.speaker.length > 0,
  );
  const nameless = kinds.some((kind) => choices[kind].some((choice) => choice.label === ''));
  const none = kinds.every((kind) => choices[kind].length === 0);
  return (
    <div className="flex flex-col gap-3">
      {kinds.map((kind) => (
        <DeviceField
          key={kind}
          kind={kind}
          choices={choices[kind]}
          chosen={chosen[kind]}
          onChoose={(id) => onChoose(kind, id)}
        />
      ))}
      {nameless || none ? <p className="text-quiet">{text('device.names')}</p> : null}
    </div>
  );
}

type FieldProps = {
  readonly kind: Kind;
  readonly choices: readonly Choice[];
  readonly chosen: string | undefined;
  onChoose(id: string): void;
};

function DeviceField({ kind, choices, chosen, onChoose }: FieldProps): ReactNode {
  const id = useId();
  const known = choices.some((choice) => choice.id === chosen);
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-bold">
        {text(`device.${kind}`)}
      </label>
      <select
        id={id}
        disabled={choices.length === 0}
        value={known ? chosen : ''}
        onChange={(event) => onChoose(event.target.value)}
        className="h-11 w-full min-w-0 rounded-surface border border-edge bg-ground px-3 text-ellipsis text-ink disabled:text-quiet"
      >
        {choices.length === 0 ? <option value="">{text('device.none')}</option> : null}
        {choices.length > 0 && !known ? <option value="">{text('device.usual')}</option> : null}
        {choices.map((choice, index) => (
          <option key={choice.id} value={choice.id}>
            {choice.label === ''
              ? text('device.unnamed', { kind: text(`device.${kind}`), number: index + 1 })
              : choice.label}
          </option>
        ))}
      </select>
    </div>
  );
}
