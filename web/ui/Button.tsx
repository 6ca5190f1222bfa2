// The one button of the app, in its few kinds. `primary` is the next thing to do: one on a screen.
import type { ComponentProps, ReactNode } from 'react';

type Kind = 'primary' | 'quiet' | 'plain' | 'stop';

const LOOKS: Readonly<Record<Kind, string>> = {
  primary: 'bg-accent text-accent-ink hover:brightness-110 active:brightness-95',
  quiet: 'bg-raised text-ink hover:brightness-105 active:brightness-95',
  plain: 'bg-transparent text-ink hover:bg-raised',
  stop: 'bg-stop text-stop-ink hover:brightness-110 active:brightness-95',
};

export type ButtonProps = Omit<ComponentProps<'button'>, 'className'> & {
  readonly kind?: Kind;
  readonly wide?: boolean;
  readonly icon?: ReactNode;
};

export function Button({ kind = 'quiet', wide = false, icon, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`inline-flex min-h-11 items-center justify-center gap-2 rounded-round px-5 py-2 text-center font-bold transition-[filter,background-color] disabled:cursor-default disabled:opacity-60 forced-colors:border ${LOOKS[kind]} ${wide ? 'w-full' : ''}`}
    >
      {icon}
      <span className="min-w-0">{children}</span>
    </button>
  );
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'className' | 'aria-label'> & {
  readonly label: string;
  readonly children: ReactNode;
};

/** A round button that shows only a sign; its name is spoken and shown on hover. */
export function IconButton({ label, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className="inline-flex size-9 shrink-0 items-center justify-center rounded-round text-ink hover:bg-raised pointer-coarse:size-11"
    >
      {children}
    </button>
  );
}
