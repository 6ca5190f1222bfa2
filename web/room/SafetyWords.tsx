// The six words that people compare: made when asked for, large enough to read aloud from.
import { useEffect, useState } from 'react';
import type { CallActions, Person } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox } from '../ui/Checkbox.tsx';

type Props = {
  readonly people: readonly Person[];
  readonly actions: Pick<CallActions, 'safetyWords' | 'markVerified'>;
};

type Words =
  | { readonly kind: 'hidden' }
  | { readonly kind: 'working' }
  | { readonly kind: 'shown'; readonly words: readonly string[] }
  | { readonly kind: 'failed' };

export function SafetyWords({ people, actions }: Props) {
  const [state, setState] = useState<Words>({ kind: 'hidden' });
  // A new leaf of the same person means new keys too.
  const members = people.map((person) => `${person.id} ${person.leaf}`).join(' ');
  // Other people, other keys, other words: what stands here would be wrong.
  // biome-ignore lint/correctness/useExhaustiveDependencies: hides on a change of the members
  useEffect(() => setState({ kind: 'hidden' }), [members]);
  const show = () => {
    setState({ kind: 'working' });
    actions.safetyWords().then(
      (words) => setState({ kind: 'shown', words }),
      () => setState({ kind: 'failed' }),
    );
  };
  return (
    <>
      <p>{text('words.lead')}</p>
      <div role="status" className="flex flex-col gap-3 empty:hidden">
        {state.kind === 'failed' ? <p className="text-warn">{text('words.failed')}</p> : null}
        {state.kind === 'shown' ? <Six words={state.words} /> : null}
      </div>
      {state.kind === 'shown' ? (
        <>
          <p>{text('words.next')}</p>
          <Compared people={people} onVerified={actions.markVerified} />
          <p className="text-quiet">{text('words.fresh')}</p>
        </>
      ) : (
        <div>
          <Button disabled={state.kind === 'working'} onClick={show}>
            {text(state.kind === 'working' ? 'words.working' : 'words.show')}
          </Button>
        </div>
      )}
    </>
  );
}

function Six({ words }: { readonly words: readonly string[] }) {
  return (
    <ol
      aria-label={text('words.list')}
      className="grid grid-cols-2 gap-x-6 gap-y-1 rounded-surface bg-ground px-5 py-4 sm:grid-cols-3"
    >
      {words.map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a word may stand twice, its place is what it is
        <li key={index} className="text-title font-bold sm:text-display">
          {word}
        </li>
      ))}
    </ol>
  );
}

type ComparedProps = {
  readonly people: readonly Person[];
  onVerified(person: string, verified: boolean): void;
};

function Compared({ people, onVerified }: ComparedProps) {
  const others = people.filter((person) => !person.you);
  if (others.length === 0) return null;
  return (
    <fieldset className="flex flex-col">
      <legend className="pb-1 font-bold">{text('words.mark')}</legend>
      {others.map((person) => (
        <Checkbox
          key={person.id}
          label={<span dir="auto">{person.name}</span>}
          checked={person.mark.kind === 'verified'}
          onChange={(checked) => onVerified(person.id, checked)}
        />
      ))}
    </fieldset>
  );
}
