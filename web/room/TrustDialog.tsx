// Behind the trust line: who holds the keys, the words to compare, what the server and the others see.
import type { Alarm, CallActions, MeetingView, OwnDevice } from '../call/model.ts';
import { text, timeOf } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Fold } from '../ui/Fold.tsx';
import { NoticeLink } from '../ui/NoticeLink.tsx';
import { isOn } from './Bar.tsx';
import { PersonLine } from './PersonLine.tsx';
import { SafetyWords } from './SafetyWords.tsx';
import { trustWords } from './trust-words.ts';

type Props = {
  readonly open: boolean;
  readonly meeting: MeetingView;
  readonly actions: Pick<CallActions, 'safetyWords' | 'markVerified'>;
  onAlarm(alarm: Alarm): void;
  onClose(): void;
};

export function TrustDialog({ open, meeting, actions, onAlarm, onClose }: Props) {
  const trust = trustWords(meeting.trust);
  return (
    <Dialog open={open} onClose={onClose} title={trust.line} wide>
      <p>{trust.explained}</p>
      <p className="text-quiet">{text('trust.dialog.without')}</p>
      {meeting.alarms.length > 0 ? <Alarms alarms={meeting.alarms} onAlarm={onAlarm} /> : null}
      <section className="flex flex-col gap-1">
        <h3 className="text-large">{text('trust.dialog.title')}</h3>
        <ul className="flex flex-col divide-y divide-line">
          {meeting.people.map((person) => (
            <li key={person.id}>
              <PersonLine person={person} />
            </li>
          ))}
        </ul>
      </section>
      <section className="flex flex-col gap-3 border-t border-line pt-4">
        <h3 className="text-large">{text('words.title')}</h3>
        <SafetyWords people={meeting.people} actions={actions} />
      </section>
      <div className="flex flex-col divide-y divide-line border-y border-line">
        <Fold title={text('server.title')}>
          <ServerSees />
        </Fold>
        <Fold title={text('seen.title')}>
          <OthersSee meeting={meeting} />
        </Fold>
      </div>
      <p>
        <NoticeLink>{text('seen.more')}</NoticeLink>
      </p>
    </Dialog>
  );
}

type AlarmsProps = { readonly alarms: readonly Alarm[]; onAlarm(alarm: Alarm): void };

function Alarms({ alarms, onAlarm }: AlarmsProps) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-large">{text('trust.dialog.alarms')}</h3>
      <ul className="flex flex-col gap-2">
        {alarms.map((alarm) => (
          <li
            key={`${alarm.code}-${alarm.atMs}`}
            className="flex flex-wrap items-center justify-between gap-2"
          >
            <span className={alarm.stopped ? 'text-stop-word' : 'text-warn'}>
              {timeOf(alarm.atMs)} {text(`alarm.${alarm.code}.title`)}
            </span>
            <Button kind="plain" onClick={() => onAlarm(alarm)}>
              {text('trust.alarm.show')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const SEES = ['address', 'time', 'size', 'id'] as const;

function ServerSees() {
  return (
    <>
      <p>{text('server.lead')}</p>
      <ul className="flex list-disc flex-col gap-1 pl-5">
        {SEES.map((item) => (
          <li key={item}>{text(`server.item.${item}`)}</li>
        ))}
      </ul>
      <p>
        {text('server.never')} {text('server.deleted')}
      </p>
    </>
  );
}

function stateOf(device: OwnDevice, on: string): string {
  if (device.kind === 'held') return text('seen.held');
  return isOn(device) ? on : text('seen.off');
}

/** Live: what the others know of this person now (END-9), and what no app can prevent (END-15). */
function OthersSee({ meeting }: Pick<Props, 'meeting'>) {
  const { own, people } = meeting;
  const you = people.find((person) => person.you);
  const lines = [
    text('seen.name', { name: you?.name ?? '' }),
    text('seen.microphone', { state: stateOf(own.microphone, text('seen.on')) }),
    text('seen.camera', { state: stateOf(own.camera, text('seen.camera.on')) }),
    text('seen.screen', { state: stateOf(own.screen, text('seen.screen.on')) }),
    text('seen.hand', { state: text(you?.hand ? 'seen.hand.up' : 'seen.hand.down') }),
  ];
  return (
    <>
      <ul className="flex list-disc flex-col gap-1 pl-5">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p>{text('seen.never')}</p>
      <p>{text('seen.limits')}</p>
    </>
  );
}
