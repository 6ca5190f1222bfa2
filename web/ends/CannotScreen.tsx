// Each reason for which one cannot join, as a page of its own; never a dead end.
import type { CannotReason } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { EndScreen } from './EndScreen.tsx';

type Props = { readonly reason: CannotReason; onAgain(): void; onReload(): void };

export function CannotScreen({ reason, onAgain, onReload }: Props) {
  const { kind } = reason;
  return (
    <EndScreen
      title={`cannot.${kind}.title`}
      what={`cannot.${kind}.what`}
      kept={`cannot.${kind}.kept`}
      next={`cannot.${kind}.next`}
      list={reason.kind === 'browser' ? <Lacks lacks={reason.lacks} /> : undefined}
      actions={<WayOut kind={kind} onAgain={onAgain} onReload={onReload} />}
    />
  );
}

function Lacks({ lacks }: { readonly lacks: Extract<CannotReason, { kind: 'browser' }>['lacks'] }) {
  return (
    <ul className="flex list-disc flex-col gap-1 pl-5">
      {lacks.map((lack) => (
        <li key={lack}>{text(`lack.${lack}`)}</li>
      ))}
    </ul>
  );
}

type WayOutProps = { readonly kind: CannotReason['kind']; onAgain(): void; onReload(): void };

function WayOut({ kind, onAgain, onReload }: WayOutProps) {
  switch (kind) {
    case 'refused':
    case 'locked':
      return <Button onClick={onAgain}>{text('end.knockAgain')}</Button>;
    case 'server-unreachable':
    case 'server-full':
    case 'server-behind':
      return (
        <Button kind="primary" onClick={onAgain}>
          {text('end.again')}
        </Button>
      );
    case 'crashed':
      return (
        <Button kind="primary" onClick={onReload}>
          {text('end.reload')}
        </Button>
      );
    case 'browser':
    case 'link-incomplete':
    case 'over-or-incomplete':
    case 'link-altered':
      return null;
  }
}
