// Makes a meeting and shows its link. The set-up token comes from the address or a paste.
import { useState } from 'react';
import type { Creation } from '../call/model.ts';
import { LinkReadyScreen } from './LinkReadyScreen.tsx';
import { StartScreen } from './StartScreen.tsx';
import { keepToken, readToken } from './set-up-token.ts';
import { useMediaState } from './use-media-state.ts';

type Props = {
  /** What stood after # of the start address; taken once. */
  readonly fragment: string;
  create(token: string): Promise<Creation>;
  onOpen(id: string, link: string): void;
};

export function StartPage({ fragment, create, onOpen }: Props) {
  const [token, setToken] = useState(() => keepToken(fragment) ?? readToken());
  const [creation, setCreation] = useState<Creation>({ kind: 'idle' });
  const media = useMediaState();
  if (creation.kind === 'made') {
    const { id, link } = creation;
    return <LinkReadyScreen link={link} onOpen={() => onOpen(id, link)} />;
  }
  const failed: Creation = { kind: 'failed', code: 'internal', lacks: [] };
  const onStart = () => {
    setCreation({ kind: 'making' });
    create(token ?? '').then(setCreation, () => setCreation(failed));
  };
  const onToken = (text: string) => {
    const kept = keepToken(text);
    setToken(kept);
    setCreation(kept ? { kind: 'idle' } : { kind: 'failed', code: 'no-token', lacks: [] });
  };
  return (
    <StartScreen
      creation={creation}
      hasToken={token !== undefined}
      media={media}
      onStart={onStart}
      onToken={onToken}
    />
  );
}
