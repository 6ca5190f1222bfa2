// The meeting link and the ways to pass it on. The invitation is written here and goes nowhere.
import { useId, useState } from 'react';
import { text } from '../i18n/text.ts';
import { CopyButton } from './CopyButton.tsx';
import { Fold } from './Fold.tsx';
import { QrCode } from './QrCode.tsx';

type Props = { readonly link: string; readonly copyKind?: 'primary' | 'quiet' };

export function LinkCard({ link, copyKind = 'quiet' }: Props) {
  const id = useId();
  return (
    <div className="flex flex-col gap-3">
      <label htmlFor={id} className="font-bold">
        {text('link.label')}
      </label>
      <input
        id={id}
        readOnly
        value={link}
        onFocus={(event) => event.target.select()}
        className="h-12 w-full min-w-0 rounded-surface border border-edge bg-ground px-3.5 text-ellipsis"
      />
      <CopyButton value={link} label={text('link.copy')} kind={copyKind} />
      <p className="text-quiet">{text('link.fragment')}</p>
      <div className="flex flex-col">
        <Fold title={text('link.qr')}>
          <QrCode link={link} label={text('link.qr.label')} />
          <p className="text-quiet">{text('link.qr.hint')}</p>
        </Fold>
        <Fold title={text('link.invitation')}>
          <Invitation link={link} />
        </Fold>
      </div>
    </div>
  );
}

function Invitation({ link }: { readonly link: string }) {
  const [words, setWords] = useState(() => text('link.invitation.text', { link }));
  return (
    <>
      <textarea
        aria-label={text('link.invitation.label')}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        rows={10}
        className="w-full rounded-surface border border-edge bg-ground p-3.5"
      />
      <CopyButton value={words} label={text('link.invitation.copy')} />
      <p className="text-quiet">{text('link.invitation.hint')}</p>
    </>
  );
}
