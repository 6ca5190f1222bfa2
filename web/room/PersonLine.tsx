// One person in a list: name, how they came in, what is known of them.
import { BadgeCheck, Hand, MicOff } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Person } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { Avatar } from '../ui/Avatar.tsx';

export function markWords({ mark, role }: Person): string {
  switch (mark.kind) {
    case 'you':
      return role === 'guest'
        ? text('mark.you')
        : `${text('mark.you')}, ${text(`role.${role}`).toLowerCase()}`;
    case 'host':
      return text('mark.host');
    case 'admitted':
      return text('mark.admitted', { by: mark.by });
    case 'verified':
      return role === 'guest'
        ? text('mark.verified')
        : `${text(`role.${role}`)}, ${text('mark.verified').toLowerCase()}`;
  }
}

type Props = { readonly person: Person; readonly children?: ReactNode };

export function PersonLine({ person, children }: Props) {
  const verified = person.mark.kind === 'verified';
  return (
    <div className="flex items-center gap-3 py-2">
      <Avatar name={person.name} size="2.25rem" />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <span dir="auto" className="min-w-0 truncate font-bold" title={person.name}>
            {person.name}
          </span>
        </p>
        <p
          className={`flex items-center gap-1.5 text-small ${verified ? 'text-accent' : 'text-quiet'}`}
        >
          {verified ? <BadgeCheck aria-hidden size={14} className="shrink-0" /> : null}
          {markWords(person)}
          {person.presence === 'here'
            ? null
            : ` · ${text(person.presence === 'away' ? 'people.away' : 'people.connecting')}`}
        </p>
        {person.renamedFrom === undefined ? null : (
          <p className="text-small text-warn">
            {person.renamedFrom === ''
              ? text('mark.renamed.unknown')
              : text('mark.renamed', { from: person.renamedFrom })}
          </p>
        )}
        {person.sameName ? <p className="text-small text-warn">{text('mark.sameName')}</p> : null}
      </div>
      {person.hand ? (
        <span className="shrink-0 text-warn">
          <Hand aria-hidden size={18} />
          <span className="sr-only">{text('tile.hand')}</span>
        </span>
      ) : null}
      {person.microphone === 'off' ? (
        <span className="shrink-0 text-quiet">
          <MicOff aria-hidden size={18} />
          <span className="sr-only">{text('people.muted')}</span>
        </span>
      ) : null}
      {children}
    </div>
  );
}
