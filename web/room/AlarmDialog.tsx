// A failed check: what happened, what the app did, what to do. Opens by itself; closing it leaves the
// alarm in the top line.
import { TriangleAlert } from 'lucide-react';
import type { Alarm, AlarmCode, CallActions } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { saveText } from './save-text.ts';
import { alarmWords } from './trust-words.ts';

type Props = {
  readonly alarm: Alarm | undefined;
  /** It stopped sending then, and does not now. */
  readonly over: boolean;
  readonly actions: Pick<CallActions, 'leave' | 'rejoin' | 'report'>;
  onClose(): void;
};

/** Alarms after which coming back with fresh keys is the way on. */
const REJOIN: ReadonlySet<AlarmCode> = new Set([
  'fork',
  'behind',
  'plaintext',
  'worker-died',
  'void-failed',
]);

export function AlarmDialog({ alarm, over, actions, onClose }: Props) {
  if (!alarm) return null;
  const words = alarmWords(alarm);
  return (
    <Dialog
      open
      alarm
      onClose={onClose}
      title={
        <span className="flex items-start gap-3">
          <TriangleAlert
            aria-hidden
            size={24}
            className={`mt-0.5 shrink-0 ${alarm.stopped ? 'text-stop-word' : 'text-warn'}`}
          />
          {words.title}
        </span>
      }
    >
      <Part title={text('alarm.part.what')}>{words.what}</Part>
      <Part title={text('alarm.part.did')}>
        <b>{text(alarm.stopped ? 'alarm.stopped' : 'alarm.refused')}</b> {words.did}
      </Part>
      <Part title={text('alarm.part.next')}>{words.next}</Part>
      <div className="flex flex-wrap gap-2 pt-1">
        <Next alarm={alarm} over={over} actions={actions} onClose={onClose} />
        <Button onClick={() => saveText(text('alarm.report.file'), actions.report())}>
          {text('alarm.report')}
        </Button>
      </div>
    </Dialog>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section>
      <h3 className="text-small font-normal text-quiet">{title}</h3>
      <p>{children}</p>
    </section>
  );
}

type NextProps = Omit<Props, 'alarm'> & { readonly alarm: Alarm };

function Next({ alarm, over, actions, onClose }: NextProps) {
  if (over || !alarm.stopped) {
    return (
      <Button kind="primary" onClick={onClose}>
        {text('alarm.ok')}
      </Button>
    );
  }
  if (!REJOIN.has(alarm.code)) {
    return (
      <Button kind="primary" onClick={actions.leave}>
        {text('alarm.leave')}
      </Button>
    );
  }
  return (
    <>
      <Button
        kind="primary"
        onClick={() => {
          actions.rejoin();
          onClose();
        }}
      >
        {text('alarm.rejoin')}
      </Button>
      <Button onClick={actions.leave}>{text('alarm.leave')}</Button>
    </>
  );
}
