// In front of the closed door: calm, with nothing about the meeting on it (SEC-13).
import { useEffect, useState } from 'react';
import type { CallActions, CallState } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { DoorPicture } from '../ui/DoorPicture.tsx';
import { cleanName, NAME_LIMIT } from '../ui/display-name.ts';
import { Fold } from '../ui/Fold.tsx';
import { Page } from '../ui/Page.tsx';
import { TextField } from '../ui/TextField.tsx';
import { Preview } from './Preview.tsx';

type Waiting = Extract<CallState, { kind: 'waiting' }>;
type Props = { readonly waiting: Waiting; readonly actions: CallActions };

const MINUTE_MS = 60_000;

const minutesSince = (sinceMs: number) =>
  Math.max(0, Math.floor((Date.now() - sinceMs) / MINUTE_MS));

function useMinutesSince(sinceMs: number): number {
  const [minutes, setMinutes] = useState(() => minutesSince(sinceMs));
  useEffect(() => {
    const count = () => setMinutes(minutesSince(sinceMs));
    count();
    const timer = setInterval(count, MINUTE_MS / 6);
    return () => clearInterval(timer);
  }, [sinceMs]);
  return minutes;
}

export function WaitingScreen({ waiting, actions }: Props) {
  const { told, lobby } = waiting;
  const minutes = useMinutesSince(waiting.sinceMs);
  return (
    <Page title={text(`waiting.title.${told}`)}>
      <div className="flex flex-col gap-6">
        <div className="flex flex-col items-center gap-5 text-center">
          <DoorPicture />
          <div role="status" className="flex flex-col gap-2">
            <h1 className="text-display">{text(`waiting.title.${told}`)}</h1>
            <p className="text-large text-quiet">{text(`waiting.lead.${told}`)}</p>
          </div>
          <p className="text-quiet">{text('waiting.minutes', { minutes })}</p>
        </div>
        <Card>
          <p>{text('waiting.promise')}</p>
          <div className="border-t border-line pt-3">
            <p className="text-quiet">
              {text('waiting.as', { name: cleanName(lobby.name, text('room.nameless')) })}
            </p>
            <Fold title={text('waiting.change')}>
              <NewName name={lobby.name} onName={actions.setName} />
              <div className="overflow-hidden rounded-surface">
                <Preview lobby={lobby} actions={actions} />
              </div>
            </Fold>
          </div>
          <Button wide onClick={actions.stopWaiting}>
            {text('waiting.leave')}
          </Button>
        </Card>
      </div>
    </Page>
  );
}

function NewName({ name, onName }: { readonly name: string; onName(name: string): void }) {
  const [next, setNext] = useState(name);
  const changed = next.trim() !== '' && next.trim() !== name;
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed) onName(next.trim());
      }}
    >
      <TextField
        label={text('lobby.name')}
        value={next}
        maxLength={NAME_LIMIT}
        onChange={(event) => setNext(event.target.value)}
      />
      {changed ? <Button type="submit">{text('waiting.name.apply')}</Button> : null}
    </form>
  );
}
