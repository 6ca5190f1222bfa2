// One line of news between the top of the meeting and the tiles: a word, a sign, at most two actions.
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

type Tone = 'plain' | 'warn' | 'stop';

type Props = {
  readonly tone?: Tone;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
};

const SIGNS = {
  plain: <Info aria-hidden size={20} className="shrink-0 text-quiet" />,
  warn: <CircleAlert aria-hidden size={20} className="shrink-0 text-warn" />,
  stop: <TriangleAlert aria-hidden size={20} className="shrink-0 text-stop-word" />,
} as const;

const EDGES = { plain: 'border-line', warn: 'border-warn', stop: 'border-stop-word' } as const;

export function Line({ tone = 'plain', children, actions }: Props) {
  return (
    <div
      className={`flex flex-wrap items-center gap-x-4 gap-y-2 rounded-surface border bg-surface px-4 py-2 ${EDGES[tone]}`}
    >
      <div className="flex min-h-9 min-w-0 flex-[1_1_16rem] items-center gap-3">
        {SIGNS[tone]}
        <div className="min-w-0">{children}</div>
      </div>
      {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
    </div>
  );
}
