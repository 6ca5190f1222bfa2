// People at the door, for the host: a row that the tiles make room for, so that no face is covered.
import { useState } from 'react';
import type { KnockView } from '../call/model.ts';
import { Rich } from '../i18n/Rich.tsx';
import { listOf, text } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';

type Props = {
  readonly knocks: readonly KnockView[];
  onAdmit(ids: readonly string[]): void;
  onRefuse(ids: readonly string[]): void;
};

export function KnockRow({ knocks, onAdmit, onRefuse }: Props) {
  const [first] = knocks;
  if (!first) return null;
  return (
    <section
      aria-label={text('knock.list')}
      className="rounded-surface border border-line bg-surface"
    >
      {knocks.length === 1 ? (
        <Knock knock={first} onAdmit={onAdmit} onRefuse={onRefuse} next />
      ) : (
        <Many knocks={knocks} onAdmit={onAdmit} onRefuse={onRefuse} />
      )}
    </section>
  );
}

type OneProps = {
  readonly knock: KnockView;
  /** The next thing to do: the one green button. */
  readonly next?: boolean;
  onAdmit(ids: readonly string[]): void;
  onRefuse(ids: readonly string[]): void;
};

function Knock({ knock, next = false, onAdmit, onRefuse }: OneProps) {
  const { id, name, sameNameAs } = knock;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2">
      <p className="min-w-0 flex-[1_1_14rem]">
        {next ? (
          <Rich id="knock.one" parts={{ b: <b /> }} values={{ name }} />
        ) : (
          <b dir="auto">{name}</b>
        )}{' '}
        {sameNameAs === undefined ? null : (
          <span className="text-warn">{text('knock.sameName', { name: sameNameAs })}</span>
        )}
        {sameNameAs === undefined && next ? (
          <span className="text-quiet">{text('knock.hint')}</span>
        ) : null}
      </p>
      <div className="flex flex-[1_0_auto] gap-2 *:flex-1 sm:flex-none sm:*:flex-none">
        <Button
          kind={next ? 'primary' : 'quiet'}
          aria-label={text('knock.admit.name', { name })}
          onClick={() => onAdmit([id])}
        >
          {text('knock.admit')}
        </Button>
        <Button
          kind={next ? 'quiet' : 'plain'}
          aria-label={text('knock.refuse.name', { name })}
          onClick={() => onRefuse([id])}
        >
          {text('knock.refuse')}
        </Button>
      </div>
    </div>
  );
}

const NAMED = 3;

function Many({ knocks, onAdmit, onRefuse }: Props) {
  const [open, setOpen] = useState(false);
  const count = knocks.length;
  const names = knocks.slice(0, NAMED).map((knock) => knock.name);
  const more = count > NAMED ? [text('notice.more', { count: count - NAMED })] : [];
  const doubled = knocks.some((knock) => knock.sameNameAs !== undefined);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2">
        <p className="min-w-0 flex-[1_1_14rem]">
          <Rich id="knock.many" parts={{ b: <b /> }} values={{ count }} />{' '}
          <span className={doubled ? 'text-warn' : 'text-quiet'}>
            {doubled ? text('knock.sameName.some') : listOf([...names, ...more])}
          </span>
        </p>
        <div className="flex flex-[1_0_auto] gap-2 *:flex-1 sm:flex-none sm:*:flex-none">
          <Button kind="primary" onClick={() => onAdmit(knocks.map((knock) => knock.id))}>
            {text('knock.admitAll', { count })}
          </Button>
          <Button aria-expanded={open} onClick={() => setOpen(!open)}>
            {text(open ? 'knock.hide' : 'knock.show')}
          </Button>
        </div>
      </div>
      {open ? (
        <ul className="max-h-[38dvh] divide-y divide-line overflow-y-auto border-t border-line">
          {knocks.map((knock) => (
            <li key={knock.id}>
              <Knock knock={knock} onAdmit={onAdmit} onRefuse={onRefuse} />
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
