// A switch with its label beside it; state shows in shape, place and word.
import { Switch as Base } from '@base-ui/react/switch';
import { type ReactNode, useId } from 'react';

type Props = {
  readonly label: ReactNode;
  readonly on: boolean;
  onChange(on: boolean): void;
};

export function Switch({ label, on, onChange }: Props) {
  const id = useId();
  return (
    <div className="flex min-h-11 items-center gap-3">
      <Base.Root
        checked={on}
        onCheckedChange={(next) => onChange(next)}
        aria-labelledby={id}
        className="relative h-7 w-12 shrink-0 rounded-round border-2 border-edge bg-transparent transition-colors data-[checked]:border-accent data-[checked]:bg-accent"
      >
        <Base.Thumb className="absolute top-1 left-1 block size-4 rounded-round bg-ink transition-transform data-[checked]:translate-x-5 data-[checked]:bg-accent-ink forced-colors:bg-[CanvasText]" />
      </Base.Root>
      <span id={id}>{label}</span>
    </div>
  );
}
