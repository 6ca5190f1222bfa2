// Something beside the tiles: a column on a desktop, a sheet from below on a phone. Never a trap for
// the keyboard: the bar stays in reach.
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { text } from '../i18n/text.ts';
import { IconButton } from './Button.tsx';

type Props = {
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** Stays at the bottom while the rest scrolls. */
  readonly foot?: ReactNode;
  onClose(): void;
};

export function Panel({ title, children, foot, onClose }: Props) {
  const id = useId();
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const panel = element.current;
    const first = panel?.querySelector<HTMLElement>('[data-first]') ?? panel?.querySelector('h2');
    first?.focus({ preventScroll: true });
    return () => {
      // Back to where the keyboard was, unless the person has moved on already.
      const left =
        document.activeElement === document.body || panel?.contains(document.activeElement);
      if (left && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <aside
      ref={element}
      aria-labelledby={id}
      className="absolute inset-x-0 top-[12%] bottom-0 z-20 flex min-h-0 flex-col overflow-hidden rounded-t-surface border border-line bg-surface shadow-float md:static md:w-[21.5rem] md:shrink-0 md:rounded-surface md:shadow-none lg:w-96 [@media(max-height:36rem)]:top-0"
    >
      <div className="flex items-center gap-2 py-2 pr-2 pl-5">
        <h2 id={id} tabIndex={-1} className="min-w-0 flex-1 text-large">
          {title}
        </h2>
        <IconButton label={text('panel.close')} onClick={onClose}>
          <X aria-hidden size={20} />
        </IconButton>
      </div>
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-5 pb-4">{children}</div>
      {foot ? <div className="border-t border-line p-3">{foot}</div> : null}
    </aside>
  );
}
