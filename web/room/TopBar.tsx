// The top line: who can see and hear this meeting, and the latest news beside it.
import { CircleAlert, LayoutGrid, Lock, PictureInPicture2, TriangleAlert } from 'lucide-react';
import { useEffect } from 'react';
import type { MeetingView } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { DoorIcon } from '../ui/DoorIcon.tsx';
import { type Current, currentNotice } from './notice-words.ts';
import { type TrustWords, trustWords } from './trust-words.ts';

type Props = {
  readonly meeting: Pick<MeetingView, 'trust' | 'notices' | 'locked'>;
  readonly view: 'grid' | 'speaker';
  onTrust(): void;
  onView(view: 'grid' | 'speaker'): void;
  onSeen(notice: string): void;
};

const SHOWN_MS = 7000;
const SHOWN_IN_QUEUE_MS = 3500;

function useNotice({ notices }: Props['meeting'], onSeen: Props['onSeen']): Current | undefined {
  const current = currentNotice(notices);
  const key = current?.ids.join(' ');
  const waiting = notices.length > (current?.ids.length ?? 0);
  useEffect(() => {
    if (key === undefined) return undefined;
    const seen = () => {
      for (const id of key.split(' ')) onSeen(id);
    };
    const timer = setTimeout(seen, waiting ? SHOWN_IN_QUEUE_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [key, waiting, onSeen]);
  return current;
}

const TONES = {
  good: 'text-accent',
  quiet: 'text-quiet',
  warn: 'text-warn',
  stop: 'text-stop-word',
} as const;

export function TopBar({ meeting, view, onTrust, onView, onSeen }: Props) {
  const notice = useNotice(meeting, onSeen);
  const trust = trustWords(meeting.trust);
  const other = view === 'grid' ? 'speaker' : 'grid';
  return (
    <header className="flex min-h-14 items-center gap-3 px-3 py-1.5">
      <div className="flex min-w-0 flex-1 flex-col sm:flex-row sm:items-center sm:gap-3">
        <TrustButton trust={trust} onTrust={onTrust} />
        <p className="line-clamp-2 min-w-0 pl-10 text-small text-quiet sm:line-clamp-1 sm:pl-0 sm:text-base">
          {notice?.words ?? trust.what}
        </p>
      </div>
      {meeting.locked ? (
        <span className="inline-flex items-center gap-2 text-quiet">
          <Lock aria-hidden size={18} />
          {text('line.locked')}
        </span>
      ) : null}
      <button
        type="button"
        onClick={() => onView(other)}
        className="hidden min-h-11 shrink-0 items-center gap-2 rounded-small px-2 text-quiet hover:bg-surface hover:text-ink lg:inline-flex"
      >
        {other === 'speaker' ? (
          <PictureInPicture2 aria-hidden size={20} />
        ) : (
          <LayoutGrid aria-hidden size={20} />
        )}
        {text(other === 'speaker' ? 'more.speaker' : 'more.grid')}
      </button>
    </header>
  );
}

type TrustButtonProps = { readonly trust: TrustWords; onTrust(): void };

function TrustButton({ trust, onTrust }: TrustButtonProps) {
  return (
    <button
      type="button"
      onClick={onTrust}
      title={text('trust.open')}
      data-trust={trust.tone}
      className={`inline-flex min-h-9 max-w-full items-center gap-2.5 self-start rounded-small px-2 text-left font-bold hover:bg-surface sm:min-h-11 sm:shrink-0 ${trust.tone === 'stop' ? 'text-stop-word' : ''}`}
    >
      <span className={`shrink-0 ${TONES[trust.tone]}`}>
        <TrustSign tone={trust.tone} />
      </span>
      <span className="min-w-0">{trust.line}</span>
    </button>
  );
}

function TrustSign({ tone }: Pick<TrustWords, 'tone'>) {
  if (tone === 'stop') return <TriangleAlert aria-hidden size={22} />;
  if (tone === 'warn') return <CircleAlert aria-hidden size={22} />;
  return <DoorIcon size={22} open={tone === 'quiet'} />;
}
