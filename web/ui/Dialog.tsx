// A window above the page: keeps the keyboard inside, closes with Escape, gives focus back.
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { text } from '../i18n/text.ts';
import { IconButton } from './Button.tsx';

type Props = {
  readonly open: boolean;
  onClose(): void;
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** An alarm interrupts: red edge, and screen readers say it at once. */
  readonly alarm?: boolean;
  readonly wide?: boolean;
};

export function Dialog({ open, onClose, title, children, alarm = false, wide = false }: Props) {
  // The heading takes the focus: it is read first, and no button is pressed by a stray key.
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Base.Viewport className="fixed inset-0 z-40 flex items-end justify-center overflow-hidden sm:items-center sm:p-4">
          <Base.Popup
            initialFocus={heading}
            role={alarm ? 'alertdialog' : 'dialog'}
            className={`flex max-h-[92dvh] w-full flex-col overflow-hidden rounded-t-surface border bg-surface text-ink shadow-float transition-[opacity,translate] data-[ending-style]:opacity-0 data-[starting-style]:translate-y-2 data-[starting-style]:opacity-0 sm:rounded-surface ${wide ? 'sm:max-w-2xl' : 'sm:max-w-xl'} ${alarm ? 'border-stop-word' : 'border-line'}`}
          >
            <div className="flex items-start gap-3 px-6 pt-5 pb-2 sm:px-7 sm:pt-6">
              <Base.Title ref={heading} tabIndex={-1} className="min-w-0 flex-1 text-title">
                {title}
              </Base.Title>
              <Base.Close
                render={
                  <IconButton label={text('dialog.close')}>
                    <X aria-hidden size={20} />
                  </IconButton>
                }
              />
            </div>
            <div className="flex flex-col gap-4 overflow-y-auto px-6 pt-1 pb-6 sm:px-7 sm:pb-7">
              {children}
            </div>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
