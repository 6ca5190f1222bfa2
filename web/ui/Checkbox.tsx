// A choice that is off until someone ticks it.
import type { ReactNode } from 'react';

type Props = {
  readonly label: ReactNode;
  readonly checked: boolean;
  onChange(checked: boolean): void;
};

export function Checkbox({ label, checked, onChange }: Props) {
  return (
    <label className="flex min-h-8 cursor-pointer items-center gap-3 pointer-coarse:min-h-11">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="size-5 shrink-0 accent-accent"
      />
      <span>{label}</span>
    </label>
  );
}
