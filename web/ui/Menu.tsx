// A list of actions that opens from a button; arrows move, Enter acts, Escape closes.
import { Menu as Base } from '@base-ui/react/menu';
import { type ReactElement, type ReactNode, useRef } from 'react';

type MenuProps = {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly children: ReactNode;
  readonly side?: 'top' | 'bottom';
  readonly align?: 'start' | 'center' | 'end';
};

export function Menu({ trigger, children, side = 'bottom', align = 'end' }: MenuProps) {
  // The list stays in the part of the page that its button is in, so that a screen reader knows where
  // it is; fixed to the window, so that nothing cuts it off.
  const place = useRef<HTMLSpanElement>(null);
  return (
    <span ref={place} className="contents">
      <Base.Root modal={false}>
        <Base.Trigger render={trigger} />
        <Base.Portal container={place} className="absolute">
          <Base.Positioner
            side={side}
            align={align}
            sideOffset={8}
            collisionPadding={8}
            positionMethod="fixed"
            className="z-30"
          >
            <Base.Popup className="max-h-[var(--available-height)] min-w-56 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-surface border border-line bg-surface p-1.5 text-left text-base font-normal text-ink shadow-float transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0">
              {children}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </span>
  );
}

type ItemProps = {
  readonly icon?: ReactNode;
  readonly children: ReactNode;
  readonly hint?: ReactNode;
  readonly danger?: boolean;
  onSelect(): void;
};

export function MenuItem({ icon, children, hint, danger = false, onSelect }: ItemProps) {
  return (
    <Base.Item
      onClick={onSelect}
      className={`flex min-h-10 items-center gap-3 rounded-small px-3 py-1.5 outline-none data-[highlighted]:bg-raised pointer-coarse:min-h-12 ${danger ? 'text-stop-word' : ''}`}
    >
      <span aria-hidden className="flex w-5 shrink-0 justify-center">
        {icon}
      </span>
      <span className="flex flex-col">
        <span>{children}</span>
        {hint ? <span className="text-small text-quiet">{hint}</span> : null}
      </span>
    </Base.Item>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="my-1.5 h-px bg-line" />;
}
