// One visit to one meeting: opens the call, shows the screen of its state, closes it when it goes.
import {
  type ComponentProps,
  type ComponentType,
  lazy,
  Suspense,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Call, CallActions, CallState, MeetingView } from './call/model.ts';
import { CannotScreen } from './ends/CannotScreen.tsx';
import { OverScreen } from './ends/OverScreen.tsx';
import { text } from './i18n/text.ts';
import { EnteringScreen } from './lobby/EnteringScreen.tsx';
import { LobbyScreen } from './lobby/LobbyScreen.tsx';
import { WaitingScreen } from './lobby/WaitingScreen.tsx';
import { Loading } from './ui/Loading.tsx';
import { Safely } from './ui/Safely.tsx';

const loadCall = () => import('./call/call.ts');
type Room = ComponentType<{ readonly meeting: MeetingView; readonly actions: CallActions }>;
let loadedRoom: Room | undefined;
const loadRoom = async (): Promise<{ readonly default: Room }> => {
  const { RoomScreen } = await import('./room/RoomScreen.tsx');
  loadedRoom = RoomScreen;
  return { default: RoomScreen };
};
const LazyRoom = lazy(loadRoom);

type Props = {
  readonly meetingId: string;
  /** What stood after # of the link, as long as it may be needed. */
  readonly fragment: string | undefined;
  /** The call is over: nobody needs the fragment any more (SEC-8). */
  onOver(): void;
};

const reload = () => location.reload();

function Crashed() {
  return <CannotScreen reason={{ kind: 'crashed' }} onAgain={reload} onReload={reload} />;
}

export function MeetingPage({ meetingId, fragment, onOver }: Props) {
  const [visit, setVisit] = useState(0);
  const [opened, setOpened] = useState<Call | 'failed'>();
  // The fragment is read when a visit begins; that it is dropped later must not begin another.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    let gone = false;
    let call: Call | undefined;
    loadCall().then(
      ({ openCall }) => {
        if (gone) return;
        call = openCall({ meetingId, fragment });
        setOpened(call);
      },
      () => setOpened('failed'),
    );
    return () => {
      gone = true;
      setOpened(undefined);
      call?.close();
    };
  }, [meetingId, visit]);
  if (opened === undefined) return <Loading words={text('entering.opening')} />;
  if (opened === 'failed') return <Crashed />;
  return (
    <Safely key={visit} instead={<Crashed />} onBroken={() => opened.close()}>
      <Visit call={opened} onAgain={() => setVisit(visit + 1)} onOver={onOver} />
    </Safely>
  );
}

type VisitProps = { readonly call: Call; onAgain(): void; onOver(): void };

const OVER: ReadonlySet<CallState['kind']> = new Set(['left', 'ended', 'removed']);

function Visit({ call, onAgain, onOver }: VisitProps) {
  const state = useSyncExternalStore(
    (listener) => call.subscribe(listener),
    () => call.state(),
  );
  const over = OVER.has(state.kind);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the call is over
  useEffect(() => {
    if (over) onOver();
  }, [over]);
  return <CallScreen state={state} call={call} onAgain={onAgain} />;
}

type ScreenProps = { readonly state: CallState; readonly call: Call; onAgain(): void };

function CallScreen({ state, call, onAgain }: ScreenProps) {
  const { actions } = call;
  switch (state.kind) {
    case 'opening':
      return <Loading words={text('entering.opening')} />;
    case 'cannot':
      return <CannotScreen reason={state.reason} onAgain={onAgain} onReload={reload} />;
    case 'lobby':
      return (
        <LobbyScreen
          lobby={state.lobby}
          host={state.host}
          actions={actions}
          onTyping={() => void loadRoom().catch(() => undefined)}
        />
      );
    case 'waiting':
      return <WaitingScreen waiting={state} actions={actions} />;
    case 'entering':
      return <EnteringScreen entering={state} onLeave={actions.leave} />;
    case 'meeting':
      return <MeetingRoom meeting={state.meeting} actions={actions} />;
    case 'elsewhere':
    case 'host-must-come-back':
    case 'left':
    case 'removed':
    case 'ended':
      return <OverScreen kind={state.kind} onRejoin={actions.rejoin} onLeave={actions.leave} />;
  }
}

/** Loaded while the person typed, as a rule: then it is there at once, without a loading screen between. */
function MeetingRoom(props: ComponentProps<Room>) {
  const [Screen] = useState<Room>(() => loadedRoom ?? LazyRoom);
  return (
    <Suspense fallback={<Loading />}>
      <Screen {...props} />
    </Suspense>
  );
}
