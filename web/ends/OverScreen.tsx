// The meeting is over for this person, or waits for someone: left, ended, removed, elsewhere, host gone.
import type { CallState } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { EndScreen } from './EndScreen.tsx';

type Kind = Extract<
  CallState['kind'],
  'left' | 'ended' | 'removed' | 'elsewhere' | 'host-must-come-back'
>;
type Props = { readonly kind: Kind; onRejoin(): void; onLeave(): void };

const NAMES = {
  left: 'left',
  ended: 'ended',
  removed: 'removed',
  elsewhere: 'elsewhere',
  'host-must-come-back': 'hostMustComeBack',
} as const;

export function OverScreen({ kind, onRejoin, onLeave }: Props) {
  const name = NAMES[kind];
  return (
    <EndScreen
      title={`${name}.title`}
      kept={`${name}.kept`}
      next={`${name}.next`}
      actions={<Actions kind={kind} onRejoin={onRejoin} onLeave={onLeave} />}
    />
  );
}

function Actions({ kind, onRejoin, onLeave }: Props) {
  if (kind === 'elsewhere') {
    return <Button onClick={onRejoin}>{text('end.continueHere')}</Button>;
  }
  if (kind === 'host-must-come-back') {
    return (
      <>
        <Button kind="primary" onClick={onRejoin}>
          {text('end.again')}
        </Button>
        <Button onClick={onLeave}>{text('waiting.leave')}</Button>
      </>
    );
  }
  return null;
}
