// Which page an address shows. Wires pages to the call; the only place that knows all of them.
import { MeetingId } from '@in-camera/protocol/ids.ts';
import { lazy, type ReactNode, Suspense, useRef } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { CannotScreen } from './ends/CannotScreen.tsx';
import { NotFoundScreen } from './ends/NotFoundScreen.tsx';
import { text } from './i18n/text.ts';
import { MeetingPage } from './meeting-page.tsx';
import { Loading } from './ui/Loading.tsx';
import { Safely } from './ui/Safely.tsx';

const StartPage = lazy(() =>
  import('./start/StartPage.tsx').then(({ StartPage: page }) => ({ default: page })),
);
const AboutPage = lazy(() =>
  import('./about/AboutPage.tsx').then(({ AboutPage: page }) => ({ default: page })),
);
const create = (token: string) =>
  import('./call/creation.ts').then(({ createMeeting }) => createMeeting(token));

const reload = () => location.reload();

function MissingPart() {
  return (
    <div role="alert" className="p-8">
      <h1>{text('app.loadFailed.title')}</h1>
      <p>{text('app.loadFailed.next')}</p>
      <button type="button" onClick={reload}>
        {text('app.reload')}
      </button>
    </div>
  );
}

/** `fragment` is what stood after # of the address, taken out of it before anything ran (SEC-8). */
export function App({ fragment }: { readonly fragment: string }) {
  const [, navigate] = useLocation();
  const held = useRef<{ path: string; fragment: string } | undefined>({
    path: location.pathname,
    fragment,
  });
  const fragmentFor = (path: string) =>
    held.current?.path === path ? held.current.fragment : undefined;
  const start = (path: string) => (
    <StartPage
      fragment={fragmentFor(path) ?? ''}
      create={create}
      onOpen={(id, link) => {
        held.current = { path: `/j/${id}`, fragment: link.split('#')[1] ?? '' };
        navigate(`/j/${id}`);
      }}
    />
  );
  return (
    <Frame>
      <Switch>
        <Route path="/">{() => start('/')}</Route>
        <Route path="/start">{() => start('/start')}</Route>
        <Route path="/about">{() => <AboutPage />}</Route>
        <Route path="/j/:id">
          {({ id }) =>
            MeetingId.safeParse(id).success ? (
              <MeetingPage
                meetingId={id}
                fragment={fragmentFor(`/j/${id}`)}
                onOver={() => {
                  held.current = undefined;
                }}
              />
            ) : (
              <CannotScreen
                reason={{ kind: 'link-incomplete' }}
                onAgain={reload}
                onReload={reload}
              />
            )
          }
        </Route>
        <Route>{() => <NotFoundScreen />}</Route>
      </Switch>
    </Frame>
  );
}

function Frame({ children }: { readonly children: ReactNode }) {
  return (
    <Safely instead={<MissingPart />}>
      <Suspense fallback={<Loading />}>{children}</Suspense>
    </Safely>
  );
}
