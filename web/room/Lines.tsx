// What needs saying between the top line and the tiles: connection, sound, devices, refused attempts.
import { useState } from 'react';
import type { Alarm, CallActions, MeetingView, OwnDevice } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { Line } from '../ui/Line.tsx';

type Props = {
  readonly meeting: MeetingView;
  readonly actions: CallActions;
  /** Opens the alarm that was refused. */
  onRefused(alarm: Alarm): void;
  onInvite(): void;
};

export function Lines({ meeting, actions, onRefused, onInvite }: Props) {
  const { connection, own } = meeting;
  return (
    <>
      <Alone meeting={meeting} onInvite={onInvite} />
      {connection === 'ok' ? null : (
        <div role="status">
          <Line tone="warn">{text(`line.${connection}`)}</Line>
        </div>
      )}
      {meeting.soundBlocked ? (
        <Line
          tone="warn"
          actions={
            <Button kind="primary" onClick={actions.turnSoundOn}>
              {text('line.sound.on')}
            </Button>
          }
        >
          {text('line.sound')}
        </Line>
      ) : null}
      {/* While an alarm stands in the top line, it says this already. */}
      {meeting.trust.kind === 'alarm' ? null : <Held own={own} onRejoin={actions.rejoin} />}
      <Refused meeting={meeting} onRefused={onRefused} />
      {(['microphone', 'camera', 'screen'] as const).map((kind) => (
        <Failure key={kind} kind={kind} device={own[kind]} />
      ))}
      {own.screen.kind === 'on' ? (
        <Line
          actions={
            <Button onClick={() => actions.shareScreen(false)}>{text('bar.unshare')}</Button>
          }
        >
          {text('line.sharing')}
        </Line>
      ) : null}
    </>
  );
}

type HeldProps = { readonly own: MeetingView['own']; onRejoin(): void };

function Held({ own, onRejoin }: HeldProps) {
  const held = [own.microphone, own.camera, own.screen].filter((device) => device.kind === 'held');
  if (held.length === 0) return null;
  const stopped = held.some((device) => device.why === 'stopped');
  return (
    <div role="status">
      {stopped ? (
        <Line tone="stop" actions={<Button onClick={onRejoin}>{text('line.rejoin')}</Button>}>
          {text('line.stopped')}
        </Line>
      ) : (
        <Line>{text('line.held')}</Line>
      )}
    </div>
  );
}

/** Alarms that do not stop us, or no more: the dialog of one that is over may be gone before it was read. */
function Refused({ meeting, onRefused }: Pick<Props, 'meeting' | 'onRefused'>) {
  const [seen, setSeen] = useState(0);
  const isStopped = meeting.trust.kind === 'alarm';
  const past = meeting.alarms.filter((alarm) => !(isStopped && alarm.stopped));
  const last = past.at(-1);
  if (!last || past.length <= seen) return null;
  return (
    <div role="alert">
      <Line
        tone="warn"
        actions={
          <>
            <Button onClick={() => onRefused(last)}>{text('trust.alarm.show')}</Button>
            <Button kind="plain" onClick={() => setSeen(past.length)}>
              {text('notice.dismiss')}
            </Button>
          </>
        }
      >
        {text(last.stopped ? 'line.recovered' : 'line.refused')}
      </Line>
    </div>
  );
}

type FailureProps = {
  readonly kind: 'microphone' | 'camera' | 'screen';
  readonly device: OwnDevice;
};

function Failure({ kind, device }: FailureProps) {
  const [dismissed, setDismissed] = useState(false);
  const failed = device.kind === 'failed';
  // A new failure is said anew.
  if (dismissed && !failed) setDismissed(false);
  if (!failed || dismissed) return null;
  return (
    <div role="alert">
      <Line
        tone="warn"
        actions={
          <Button kind="plain" onClick={() => setDismissed(true)}>
            {text('notice.dismiss')}
          </Button>
        }
      >
        {text(`device.fail.${kind}.${device.why}`)}
      </Line>
    </div>
  );
}

type AloneProps = { readonly meeting: MeetingView; onInvite(): void };

function Alone({ meeting, onInvite }: AloneProps) {
  if (meeting.people.length !== 1 || meeting.knocks.length > 0) return null;
  const host = meeting.link !== undefined;
  return (
    <Line actions={host ? <Button onClick={onInvite}>{text('more.invite')}</Button> : undefined}>
      <b>{text('room.alone')}.</b>{' '}
      <span className="text-quiet">{text(host ? 'room.alone.host' : 'room.alone.guest')}</span>
    </Line>
  );
}
