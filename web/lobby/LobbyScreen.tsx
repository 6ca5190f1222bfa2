// Before the door: name, devices, what will happen, one button. Nothing is captured here unless the
// person turns it on (PBD-2), and nothing is sent before the button.
import { type FormEvent, useRef, useState } from 'react';
import type { CallActions, LobbyView } from '../call/model.ts';
import { Rich } from '../i18n/Rich.tsx';
import { text } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox } from '../ui/Checkbox.tsx';
import { NAME_LIMIT } from '../ui/display-name.ts';
import { NoticeLink } from '../ui/NoticeLink.tsx';
import { Page } from '../ui/Page.tsx';
import { TextField } from '../ui/TextField.tsx';
import { Preview } from './Preview.tsx';
import { rememberedName, rememberName } from './remembered-name.ts';

type Props = {
  readonly lobby: LobbyView;
  readonly host: boolean;
  readonly actions: CallActions;
  /** The person has begun to type: time to load the meeting. */
  onTyping(): void;
};

export function LobbyScreen({ lobby, host, actions, onTyping }: Props) {
  const [kept] = useState(rememberedName);
  const [remember, setRemember] = useState(kept !== undefined);
  const [name, setName] = useState(lobby.name === '' ? (kept ?? '') : lobby.name);
  const [missing, setMissing] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const title = text(host ? 'lobby.title.host' : 'lobby.title');

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = name.trim();
    if (given === '') {
      setMissing(true);
      form.current?.querySelector<HTMLInputElement>('input[name=name]')?.focus();
      return;
    }
    rememberName(remember ? given : undefined);
    actions.setName(given);
    if (host) actions.enter();
    else actions.knock();
  };

  return (
    <Page title={title} width="wide">
      {/* Name first, for eye, keyboard and phone alike; a wide window has the preview beside it. */}
      <form
        ref={form}
        noValidate
        onSubmit={submit}
        className="grid rounded-surface bg-surface shadow-float md:grid-cols-[1.1fr_1fr] md:grid-rows-[auto_1fr] forced-colors:border"
      >
        <div className="flex min-w-0 flex-col gap-5 p-6 pb-5 sm:p-8 sm:pb-5 md:col-start-2">
          <div className="flex flex-col gap-1">
            <h1 className="text-display">{title}</h1>
            <p className="text-quiet">{text(host ? 'lobby.lead.host' : 'lobby.lead')}</p>
          </div>
          <div className="flex flex-col gap-1.5">
            <TextField
              label={text('lobby.name')}
              name="name"
              value={name}
              maxLength={NAME_LIMIT}
              autoComplete="name"
              onFocus={onTyping}
              onChange={(event) => {
                setName(event.target.value);
                setMissing(false);
                actions.setName(event.target.value);
              }}
              error={
                missing ? text(host ? 'lobby.name.missing.host' : 'lobby.name.missing') : undefined
              }
            />
            <Checkbox
              label={text('lobby.name.remember')}
              checked={remember}
              onChange={setRemember}
            />
          </div>
        </div>
        <Preview lobby={lobby} actions={actions} />
        <div className="flex min-w-0 flex-col gap-4 p-6 pt-5 sm:px-8 md:col-start-2 md:pt-0 md:pb-8">
          <p className="text-quiet md:border-t md:border-line md:pt-4">
            <Rich id="lobby.notice" parts={{ more: <NoticeLink /> }} />
          </p>
          {/* On a phone the next step stays in sight while one reads. */}
          <div className="sticky bottom-0 -mx-6 -mb-6 rounded-b-surface bg-surface px-6 pt-3 pb-6 sm:-mx-8 sm:px-8 md:static md:m-0 md:p-0">
            <Button type="submit" kind="primary" wide>
              <span className="text-large">{text(host ? 'lobby.enter' : 'lobby.knock')}</span>
            </Button>
          </div>
        </div>
      </form>
    </Page>
  );
}
