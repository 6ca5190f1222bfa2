// One control of the bar: sign above, word below. The word says what a press does; shape and colour
// show the state.
import { type ComponentProps, type ReactNode, useId } from 'react';

type Props = Omit<ComponentProps<'button'>, 'className'> & {
  readonly icon: ReactNode;
  readonly label: string;
  /** Where the window is narrow; must mean the same. */
  readonly short?: string;
  readonly look?: 'plain' | 'on' | 'off' | 'trouble';
  /** Said by screen readers after the label, such as "2 new messages". */
  readonly state?: string;
  readonly mark?: ReactNode;
};

const LOOKS = {
  plain: '',
  on: 'bg-surface',
  off: '',
  trouble: '',
} as const;

export function BarButton({ icon, label, short, look = 'plain', state, mark, ...rest }: Props) {
  const id = useId();
  const amber = look === 'off' || look === 'trouble';
  return (
    <button
      type="button"
      {...rest}
      aria-describedby={state ? id : undefined}
      className={`relative flex min-h-14 min-w-0 flex-[1_1_0] flex-col items-center justify-center gap-1 rounded-surface px-0.5 py-1.5 text-small leading-tight font-bold transition-colors hover:bg-surface aria-expanded:bg-surface lg:min-w-[5.25rem] lg:flex-none lg:px-2 [@media(max-height:30rem)]:min-h-12 ${LOOKS[look]}`}
    >
      <span aria-hidden className={`relative ${amber ? 'text-warn' : ''}`}>
        {icon}
        {mark}
      </span>
      {short === undefined ? (
        <span>{label}</span>
      ) : (
        <>
          <span className="hidden lg:inline">{label}</span>
          <span className="lg:hidden">{short}</span>
        </>
      )}
      {state ? (
        <span id={id} hidden>
          {state}
        </span>
      ) : null}
    </button>
  );
}

/** A small filled circle: something new is there. */
export function NewMark({ count }: { readonly count: number }) {
  return (
    <span className="absolute -top-1.5 -right-3 min-w-[1.15rem] rounded-round bg-accent px-1 text-center text-small leading-[1.15rem] font-bold text-accent-ink">
      {count > 99 ? '99' : count}
    </span>
  );
}
