// The bar at the bottom: everything one does in a meeting, and leaving apart from it on the right.
import {
  Hand,
  MessageSquare,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  Users,
  Video,
  VideoOff,
} from 'lucide-react';
import type { CallActions, MeetingView, OwnDevice } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { BarButton, NewMark } from './BarButton.tsx';
import { LeaveButton } from './LeaveButton.tsx';
import { MoreMenu } from './MoreMenu.tsx';
import type { Part } from './parts.ts';

type Props = {
  readonly meeting: MeetingView;
  readonly actions: CallActions;
  readonly open: Part | undefined;
  readonly view: 'grid' | 'speaker';
  readonly unread: number;
  readonly narrow: boolean;
  onOpen(part: Part | undefined): void;
  onView(view: 'grid' | 'speaker'): void;
};

/** Chosen on, whether or not anything leaves yet. */
export const isOn = (device: OwnDevice) =>
  device.kind === 'on' || device.kind === 'starting' || device.kind === 'held';

function stateWords(device: OwnDevice): string {
  if (device.kind === 'held') {
    return text(device.why === 'stopped' ? 'bar.state.stopped' : 'bar.state.held');
  }
  return text(`bar.state.${device.kind}`);
}

const lookOf = (device: OwnDevice) => {
  if (device.kind === 'failed' || device.kind === 'held') return 'trouble';
  return isOn(device) ? 'on' : 'off';
};

export function Bar(props: Props) {
  const { meeting, actions, open, unread, narrow, onOpen } = props;
  const { own } = meeting;
  const you = meeting.people.find((person) => person.you);
  const host = you !== undefined && you.role !== 'guest';
  const toggle = (part: Part) => onOpen(open === part ? undefined : part);
  return (
    <footer className="grid grid-cols-[1fr_auto] items-center gap-1 px-2 py-2 sm:gap-3 sm:px-3 xl:grid-cols-[1fr_auto_1fr] [@media(max-height:30rem)]:py-1">
      <div aria-hidden className="hidden xl:block" />
      <fieldset className="flex min-w-0 gap-0.5 sm:gap-1 lg:justify-center">
        <legend className="sr-only">{text('bar.label')}</legend>
        <Microphone device={own.microphone} onTurn={actions.turnMicrophone} />
        <Camera device={own.camera} onTurn={actions.turnCamera} />
        {meeting.mayShareScreen ? <Share device={own.screen} onTurn={actions.shareScreen} /> : null}
        <BarButton
          icon={<MessageSquare size={22} />}
          label={text('bar.chat')}
          aria-expanded={open === 'chat'}
          mark={unread > 0 ? <NewMark count={unread} /> : undefined}
          {...(unread > 0 ? { state: text('bar.chat.unread', { count: unread }) } : {})}
          onClick={() => toggle('chat')}
        />
        {narrow ? null : (
          <>
            <BarButton
              icon={<Users size={22} />}
              label={text('bar.people')}
              aria-expanded={open === 'people'}
              onClick={() => toggle('people')}
            />
            <BarButton
              icon={<Hand size={22} />}
              label={text(you?.hand ? 'bar.hand.down' : 'bar.hand.up')}
              look={you?.hand ? 'on' : 'plain'}
              onClick={() => actions.raiseHand(!you?.hand)}
            />
          </>
        )}
        <MoreMenu {...props} host={host} hand={you?.hand ?? false} />
      </fieldset>
      <LeaveButton host={host} onLeave={actions.leave} onEnd={() => onOpen('end')} />
    </footer>
  );
}

type ToggleProps = { readonly device: OwnDevice; onTurn(on: boolean): void };

function Microphone({ device, onTurn }: ToggleProps) {
  const on = isOn(device);
  return (
    <BarButton
      icon={on ? <Mic size={22} /> : <MicOff size={22} />}
      label={text(on ? 'bar.mute' : 'bar.unmute')}
      look={lookOf(device)}
      state={stateWords(device)}
      onClick={() => onTurn(!on)}
    />
  );
}

function Camera({ device, onTurn }: ToggleProps) {
  const on = isOn(device);
  return (
    <BarButton
      icon={on ? <Video size={22} /> : <VideoOff size={22} />}
      label={text(on ? 'bar.camera.stop' : 'bar.camera.start')}
      short={text(on ? 'bar.camera.stop.short' : 'bar.camera.start.short')}
      look={lookOf(device)}
      state={stateWords(device)}
      onClick={() => onTurn(!on)}
    />
  );
}

function Share({ device, onTurn }: ToggleProps) {
  const on = isOn(device);
  return (
    <BarButton
      icon={on ? <MonitorX size={22} /> : <MonitorUp size={22} />}
      label={text(on ? 'bar.unshare' : 'bar.share')}
      short={text(on ? 'bar.unshare.short' : 'bar.share.short')}
      look={on ? 'on' : 'plain'}
      onClick={() => onTurn(!on)}
    />
  );
}
