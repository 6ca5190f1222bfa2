// One line of text with its label, hint and error. The label is always seen.
import { type ComponentProps, type ReactNode, useId } from 'react';

type Props = Omit<ComponentProps<'input'>, 'className' | 'id'> & {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: ReactNode;
};

export function TextField({ label, hint, error, ...rest }: Props) {
  const id = useId();
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : '']
    .filter(Boolean)
    .join(' ');
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-bold">
        {label}
      </label>
      <input
        dir="auto"
        autoComplete="off"
        {...rest}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={described === '' ? undefined : described}
        className={`h-12 w-full min-w-0 rounded-surface border bg-ground px-3.5 text-ink ${error ? 'border-stop-word' : 'border-edge'}`}
      />
      {hint ? (
        <p id={`${id}-hint`} className="text-small text-quiet">
          {hint}
        </p>
      ) : null}
      <p id={`${id}-error`} role="alert" className="text-stop-word empty:hidden">
        {error}
      </p>
    </div>
  );
}
