// The host's first page: one sentence, one button.
import { useState } from 'react';
import type { Creation, MediaState } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { DoorPicture } from '../ui/DoorPicture.tsx';
import { Line } from '../ui/Line.tsx';
import { Page } from '../ui/Page.tsx';
import { TextField } from '../ui/TextField.tsx';

type Props = {
  readonly creation: Exclude<Creation, { kind: 'made' }>;
  readonly hasToken: boolean;
  readonly media: MediaState | 'unreachable' | undefined;
  onStart(): void;
  onToken(token: string): void;
};

export function StartScreen({ creation, hasToken, media, onStart, onToken }: Props) {
  const making = creation.kind === 'making';
  const failed = creation.kind === 'failed' ? creation : undefined;
  const askToken = !hasToken || failed?.code === 'no-token' || failed?.code === 'wrong-token';
  return (
    <Page title={text('start.title')}>
      <div className="flex flex-col items-center gap-6 text-center">
        <DoorPicture />
        <h1 className="text-words text-balance">{text('start.title')}</h1>
        <p className="max-w-[27rem] text-large text-balance text-quiet">{text('start.lead')}</p>
        <div role="alert" className="text-left empty:hidden">
          {failed ? <Failure failed={failed} /> : null}
        </div>
        {askToken ? <TokenForm onToken={onToken} /> : null}
        {hasToken ? (
          <Button kind={askToken ? 'quiet' : 'primary'} disabled={making} onClick={onStart}>
            <span className="px-4 text-large">
              {text(making ? 'start.making' : 'start.button')}
            </span>
          </Button>
        ) : null}
        {media === undefined || media === 'ready' ? null : (
          <p role="status" className="max-w-[27rem] text-quiet">
            {text(`start.media.${media}`)}
          </p>
        )}
        <p className="text-quiet">{text('start.guest')}</p>
      </div>
    </Page>
  );
}

function Failure({ failed }: { readonly failed: Extract<Creation, { kind: 'failed' }> }) {
  return (
    <Line tone="warn">
      <p>{text(`start.failed.${failed.code}`)}</p>
      {failed.lacks.length > 0 ? (
        <ul className="list-disc pl-5">
          {failed.lacks.map((lack) => (
            <li key={lack}>{text(`lack.${lack}`)}</li>
          ))}
        </ul>
      ) : null}
    </Line>
  );
}

function TokenForm({ onToken }: { onToken(token: string): void }) {
  const [token, setToken] = useState('');
  return (
    <form
      className="flex w-full max-w-[27rem] flex-col gap-4 text-left"
      onSubmit={(event) => {
        event.preventDefault();
        // A whole pasted address serves as well: the token is what stands after #.
        onToken(token.trim().split('#').at(-1) ?? '');
      }}
    >
      <p className="text-center text-quiet">{text('start.token.lead')}</p>
      <TextField
        label={text('start.token.label')}
        value={token}
        onChange={(event) => setToken(event.target.value)}
        spellCheck={false}
      />
      <Button type="submit" kind="primary">
        {text('start.token.use')}
      </Button>
    </form>
  );
}
