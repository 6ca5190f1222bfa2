// The frame of every page outside the meeting: name of the app, content in the middle, a quiet foot.
import { type ReactNode, useEffect, useRef } from 'react';
import { text } from '../i18n/text.ts';
import { DoorIcon } from './DoorIcon.tsx';

type Props = {
  /** Goes into the window's title; must never hold a link or a name. */
  readonly title: string;
  readonly children: ReactNode;
  readonly width?: 'narrow' | 'wide';
};

export function Page({ title, children, width = 'narrow' }: Props) {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${title} · ${text('app.name')}`;
  }, [title]);
  // A new screen is a new page to a screen reader: begin at its top.
  useEffect(() => main.current?.focus({ preventScroll: true }), []);
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center px-4 py-4 sm:px-7">
        <a
          href="/"
          aria-label={text('app.home')}
          className="-mx-2 inline-flex min-h-11 items-center gap-3 rounded-small px-2 font-bold"
        >
          <span className="text-accent">
            <DoorIcon size={24} />
          </span>
          {text('app.name')}
        </a>
      </header>
      <main
        ref={main}
        tabIndex={-1}
        className={`mx-auto flex w-full flex-1 flex-col justify-center px-4 pb-6 ${width === 'wide' ? 'max-w-[57rem]' : 'max-w-[35rem]'}`}
      >
        {children}
      </main>
      <footer className="flex flex-wrap items-center gap-x-6 px-4 py-4 text-quiet sm:px-7">
        <span className="inline-flex min-h-8 items-center">{text('app.noAccount')}</span>
        <a
          href="/about"
          target="_blank"
          rel="noopener"
          className="inline-flex min-h-8 items-center underline decoration-line underline-offset-4 hover:text-ink"
        >
          {text('app.privacy')}
        </a>
      </footer>
    </div>
  );
}
