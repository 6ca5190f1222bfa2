// The chat. Text only: no links, pictures or previews are made of it.

import { LIMITS } from '@in-camera/protocol/limits.ts';
import { useEffect, useRef, useState } from 'react';
import type { CallActions, ChatItem } from '../call/model.ts';
import { text, timeOf } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { Panel } from '../ui/Panel.tsx';

type Props = {
  readonly chat: readonly ChatItem[];
  readonly actions: Pick<CallActions, 'sendChat' | 'retryChat'>;
  onClose(): void;
};

export function ChatPanel({ chat, actions, onClose }: Props) {
  return (
    <Panel
      title={text('chat.title')}
      onClose={onClose}
      foot={<Composer onSend={actions.sendChat} />}
    >
      <p className="pb-3 text-quiet">{text('chat.hint')}</p>
      {chat.length === 0 ? (
        <p className="py-6 text-center text-quiet">{text('chat.empty')}</p>
      ) : (
        <Messages chat={chat} onRetry={actions.retryChat} />
      )}
    </Panel>
  );
}

const SAME_MS = 120_000;

/** A message of the same person within two minutes needs no name again. */
function followsOn(item: ChatItem, before: ChatItem | undefined): boolean {
  if (item.kind !== 'text' || before?.kind !== 'text') return false;
  return item.person === before.person && item.atMs - before.atMs < SAME_MS;
}

type MessagesProps = { readonly chat: readonly ChatItem[]; onRetry(id: string): void };

function Messages({ chat, onRetry }: MessagesProps) {
  const end = useRef<HTMLDivElement>(null);
  const last = chat.at(-1)?.id;
  useEffect(() => {
    if (last !== undefined) end.current?.scrollIntoView({ block: 'nearest' });
  }, [last]);
  return (
    <>
      <ol aria-label={text('chat.log')} className="mt-auto flex flex-col border-t border-line pt-1">
        {chat.map((item, index) => (
          <li key={item.id} className={followsOn(item, chat[index - 1]) ? 'pt-1' : 'pt-3'}>
            {item.kind === 'missing' ? (
              <p className="text-warn">{text('chat.missing', { name: item.name })}</p>
            ) : (
              <Message item={item} head={!followsOn(item, chat[index - 1])} onRetry={onRetry} />
            )}
          </li>
        ))}
      </ol>
      <div ref={end} />
    </>
  );
}

type MessageProps = {
  readonly item: Extract<ChatItem, { kind: 'text' }>;
  readonly head: boolean;
  onRetry(id: string): void;
};

function Message({ item, head, onRetry }: MessageProps) {
  return (
    <>
      {head ? (
        <p className="flex items-baseline gap-2">
          <b dir="auto" className="min-w-0 truncate">
            {item.you ? text('room.you') : item.name}
          </b>
          <span className="shrink-0 text-small text-quiet">{timeOf(item.atMs)}</span>
        </p>
      ) : null}
      <p dir="auto" className="break-words whitespace-pre-wrap [overflow-wrap:anywhere]">
        {item.text}
      </p>
      {item.state === 'sending' ? (
        <p className="text-small text-quiet">{text('chat.sending')}</p>
      ) : null}
      {item.state === 'failed' ? (
        <p className="flex flex-wrap items-center gap-2 text-warn">
          {text('chat.failed')}
          <Button kind="plain" onClick={() => onRetry(item.id)}>
            {text('chat.retry')}
          </Button>
        </p>
      ) : null}
    </>
  );
}

function Composer({ onSend }: { onSend(words: string): void }) {
  const [words, setWords] = useState('');
  const over = Array.from(words).length - LIMITS.chatCharacters;
  const send = () => {
    if (words.trim() === '' || over > 0) return;
    onSend(words.trim());
    setWords('');
  };
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="flex items-end gap-2">
        <textarea
          data-first
          dir="auto"
          aria-label={text('chat.label')}
          placeholder={text('chat.label')}
          rows={2}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send();
          }}
          className="max-h-40 min-h-11 min-w-0 flex-1 resize-none rounded-surface border border-edge bg-ground px-3 py-2 [field-sizing:content] placeholder:text-quiet"
        />
        <Button type="submit" kind="primary">
          {text('chat.send')}
        </Button>
      </div>
      {over > 0 ? (
        <p role="alert" className="text-warn">
          {text('chat.long', { count: over })}
        </p>
      ) : null}
    </form>
  );
}
