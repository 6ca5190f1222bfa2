// Copies a text and says so; where the browser does not allow it, says what to do instead.
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { text } from '../i18n/text.ts';
import { Button } from './Button.tsx';

type Props = {
  readonly value: string;
  readonly label: string;
  readonly kind?: 'primary' | 'quiet';
};

const SHOWN_MS = 4000;

export function CopyButton({ value, label, kind = 'quiet' }: Props) {
  const [result, setResult] = useState<'none' | 'copied' | 'failed'>('none');
  useEffect(() => {
    if (result !== 'copied') return undefined;
    const timer = setTimeout(() => setResult('none'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = () => {
    navigator.clipboard.writeText(value).then(
      () => setResult('copied'),
      () => setResult('failed'),
    );
  };
  const copied = result === 'copied';
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <Button
        kind={kind}
        onClick={copy}
        icon={copied ? <Check aria-hidden size={18} /> : <Copy aria-hidden size={18} />}
      >
        {copied ? text('link.copied') : label}
      </Button>
      <span role="status" className={result === 'failed' ? 'text-warn' : 'sr-only'}>
        {result === 'none' ? '' : text(copied ? 'link.copied' : 'link.copyFailed')}
      </span>
    </div>
  );
}
