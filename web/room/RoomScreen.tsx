// The meeting: top line, what needs an answer, tiles, panel, bar. Renders one view and calls actions;
// knows nothing of keys, sockets or media.
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { Alarm, CallActions, MeetingView } from '../call/model.ts';
import '../i18n/room-texts.ts';
import { text } from '../i18n/text.ts';
import { LinkCard } from '../ui/LinkCard.tsx';
import { Panel } from '../ui/Panel.tsx';
import { AlarmDialog } from './AlarmDialog.tsx';
import { Bar, isOn } from './Bar.tsx';
import { ChatPanel } from './ChatPanel.tsx';
import { cleanMeeting } from './clean-names.ts';
import { KnockRow } from './KnockRow.tsx';
import { Lines } from './Lines.tsx';
import { PeoplePanel } from './PeoplePanel.tsx';
import type { Part } from './parts.ts';
import { DeviceDialog, EndDialog, ShortcutDialog } from './SmallDialogs.tsx';
import { Stage } from './Stage.tsx';
import { nextSpeaker, planStage } from './stage-plan.ts';
import { TopBar } from './TopBar.tsx';
import { TrustDialog } from './TrustDialog.tsx';
import { useMedia } from './use-media.ts';
import { useNews, useUnread } from './use-news.ts';
import { useShortcuts } from './use-shortcuts.ts';

type Props = { readonly meeting: MeetingView; readonly actions: CallActions };

/** The meeting is always the dark room, dialogs and menus included. */
function useDarkRoom() {
  useEffect(() => {
    document.title = `${text('room.label')} · ${text('app.name')}`;
    document.documentElement.setAttribute('data-dark', '');
    return () => document.documentElement.removeAttribute('data-dark');
  }, []);
}

/** The alarm that is open: a new one that stopped sending opens by itself. */
function useAlarm({ trust }: MeetingView) {
  const [shown, setShown] = useState<Alarm>();
  const pressing = trust.kind === 'alarm' ? trust.alarm : undefined;
  const key = pressing ? `${pressing.code} ${pressing.atMs}` : '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same alarm comes as new values
  useEffect(() => setShown(pressing), [key]);
  return [shown, setShown] as const;
}

export function RoomScreen({ meeting: raw, actions }: Props) {
  const meeting = useMemo(() => cleanMeeting(raw), [raw]);
  const [open, setOpen] = useState<Part>();
  const [view, setView] = useState<'grid' | 'speaker'>('grid');
  const [pinned, setPinned] = useState<string>();
  const [speaker, setSpeaker] = useState<string>();
  const [alarm, setAlarm] = useAlarm(meeting);
  const narrow = useMedia('(max-width: 39.99rem)');
  const said = useNews(meeting);
  const unread = useUnread(meeting.chat, open === 'chat');
  useDarkRoom();

  const next = nextSpeaker(meeting.people, speaker);
  if (next !== speaker) setSpeaker(next);
  const you = meeting.people.find((person) => person.you);
  const close = () => setOpen(undefined);
  const toggle = (part: Part) => setOpen(open === part ? undefined : part);
  const [shortcuts, keepShortcuts] = useShortcuts({
    microphone: () => actions.turnMicrophone(!isOn(meeting.own.microphone)),
    camera: () => actions.turnCamera(!isOn(meeting.own.camera)),
    hand: () => actions.raiseHand(!you?.hand),
    chat: () => toggle('chat'),
    people: () => toggle('people'),
    escape: close,
  });
  const plan = useMemo(
    () => planStage(meeting, { view, speaker, pinned }),
    [meeting, view, speaker, pinned],
  );
  const openAlarm = (shown: Alarm) => {
    close();
    setAlarm(shown);
  };

  return (
    <div className="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_auto_minmax(0,1fr)_auto] overflow-hidden bg-ground text-ink">
      <TopBar
        meeting={meeting}
        view={view}
        onTrust={() =>
          meeting.trust.kind === 'alarm' ? setAlarm(meeting.trust.alarm) : setOpen('trust')
        }
        onView={setView}
        onSeen={actions.dismissNotice}
      />
      <section
        aria-label={text('room.lines')}
        className="flex flex-col gap-2 px-2 *:last:mb-2 sm:px-3"
      >
        <Lines
          meeting={meeting}
          actions={actions}
          onRefused={openAlarm}
          onInvite={() => setOpen('invite')}
        />
        <KnockRow knocks={meeting.knocks} onAdmit={actions.admit} onRefuse={actions.refuse} />
      </section>
      <main className="relative flex min-h-0 gap-2 px-2 sm:px-3">
        <h1 className="sr-only">{text('room.label')}</h1>
        <Stage plan={plan} />
        <OpenPanel
          open={open}
          meeting={meeting}
          actions={actions}
          pinned={pinned}
          onPin={setPinned}
          onOpen={setOpen}
        />
      </main>
      <Bar
        meeting={meeting}
        actions={actions}
        open={open}
        view={view}
        unread={unread}
        narrow={narrow}
        onOpen={setOpen}
        onView={setView}
      />
      <LiveRegion>
        {said.map(({ id, words }) => (
          <p key={id}>{words}</p>
        ))}
      </LiveRegion>
      <TrustDialog
        open={open === 'trust'}
        meeting={meeting}
        actions={actions}
        onAlarm={openAlarm}
        onClose={close}
      />
      <DeviceDialog open={open === 'devices'} own={meeting.own} actions={actions} onClose={close} />
      <ShortcutDialog
        open={open === 'shortcuts'}
        used={shortcuts}
        onUse={keepShortcuts}
        onClose={close}
      />
      <EndDialog open={open === 'end'} onEnd={actions.endForAll} onClose={close} />
      <AlarmDialog
        alarm={alarm}
        over={meeting.trust.kind !== 'alarm'}
        actions={actions}
        onClose={() => setAlarm(undefined)}
      />
    </div>
  );
}

function LiveRegion({ children }: { readonly children: ReactNode }) {
  return (
    <div role="log" aria-live="polite" aria-label={text('room.news')} className="sr-only">
      {children}
    </div>
  );
}

type OpenPanelProps = {
  readonly open: Part | undefined;
  readonly meeting: MeetingView;
  readonly actions: CallActions;
  readonly pinned: string | undefined;
  onPin(person: string | undefined): void;
  onOpen(part: Part | undefined): void;
};

function OpenPanel({ open, meeting, actions, pinned, onPin, onOpen }: OpenPanelProps) {
  const close = () => onOpen(undefined);
  if (open === 'chat') return <ChatPanel chat={meeting.chat} actions={actions} onClose={close} />;
  if (open === 'people') {
    return (
      <PeoplePanel
        people={meeting.people}
        pinned={pinned}
        actions={actions}
        onPin={onPin}
        onWords={() => onOpen('trust')}
        onClose={close}
      />
    );
  }
  if (open === 'invite' && meeting.link !== undefined) {
    return (
      <Panel title={text('invite.title')} onClose={close}>
        <LinkCard link={meeting.link} />
      </Panel>
    );
  }
  return null;
}
