// Everyone in the meeting. A host can mute and remove; nobody can unmute someone else (END-7).
import { EllipsisVertical, Maximize2, MicOff, UserX } from 'lucide-react';
import { useState } from 'react';
import type { CallActions, Person } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { NAME_LIMIT } from '../ui/display-name.ts';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import { Panel } from '../ui/Panel.tsx';
import { TextField } from '../ui/TextField.tsx';
import { PersonLine } from './PersonLine.tsx';

type Actions = Pick<CallActions, 'askToMute' | 'remove' | 'rename'>;
type Props = {
  readonly people: readonly Person[];
  readonly pinned: string | undefined;
  readonly actions: Actions;
  onPin(person: string | undefined): void;
  onWords(): void;
  onClose(): void;
};

/** A host may remove anyone, a co-host guests (protocol.md, the role matrix). */
function mayRemove(you: Person | undefined, other: Person): boolean {
  if (!you || other.you || you.role === 'guest') return false;
  return you.role === 'host' || other.role === 'guest';
}

export function PeoplePanel(props: Props) {
  const { people, onWords, onClose } = props;
  return (
    <Panel title={text('people.title', { count: people.length })} onClose={onClose}>
      <ul aria-label={text('people.list')} className="flex flex-col divide-y divide-line">
        {people.map((person) => (
          <li key={person.id}>
            <Row {...props} person={person} you={people.find((someone) => someone.you)} />
          </li>
        ))}
      </ul>
      <div className="pt-4">
        <Button onClick={onWords}>{text('people.words')}</Button>
      </div>
    </Panel>
  );
}

type RowProps = Props & { readonly person: Person; readonly you: Person | undefined };

function Row({ person, you, pinned, actions, onPin }: RowProps) {
  const [asking, setAsking] = useState(false);
  const [renaming, setRenaming] = useState(false);
  const removable = mayRemove(you, person);
  if (asking) {
    return (
      <RemoveQuestion
        person={person}
        onYes={() => actions.remove(person.id)}
        onNo={() => setAsking(false)}
      />
    );
  }
  const large = pinned === person.id;
  return (
    <>
      <PersonLine person={person}>
        {person.you ? null : (
          <Menu
            trigger={
              <IconButton label={text('people.menu', { name: person.name })}>
                <EllipsisVertical aria-hidden size={18} />
              </IconButton>
            }
          >
            <MenuItem
              icon={<Maximize2 size={18} />}
              onSelect={() => onPin(large ? undefined : person.id)}
            >
              {text(large ? 'tile.unlarge' : 'tile.large', { name: person.name })}
            </MenuItem>
            {removable ? (
              <>
                <MenuItem
                  icon={<MicOff size={18} />}
                  hint={text('people.mute.hint')}
                  onSelect={() => actions.askToMute(person.id)}
                >
                  {text('people.mute')}
                </MenuItem>
                <MenuItem icon={<UserX size={18} />} danger onSelect={() => setAsking(true)}>
                  {text('people.remove')}
                </MenuItem>
              </>
            ) : null}
          </Menu>
        )}
      </PersonLine>
      {person.you ? (
        <Rename open={renaming} name={person.name} onOpen={setRenaming} onName={actions.rename} />
      ) : null}
    </>
  );
}

type QuestionProps = { readonly person: Person; onYes(): void; onNo(): void };

/** Asked in the row itself, so that it is plain who is meant; nothing happens before the second press. */
function RemoveQuestion({ person, onYes, onNo }: QuestionProps) {
  return (
    <div role="alert" className="flex flex-col gap-2 py-3">
      <p className="font-bold">{text('people.remove.confirm', { name: person.name })}</p>
      <p className="text-quiet">{text('people.remove.what')}</p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={onNo} autoFocus>
          {text('people.remove.no')}
        </Button>
        <Button kind="stop" onClick={onYes}>
          {text('people.remove.yes')}
        </Button>
      </div>
    </div>
  );
}

type RenameProps = {
  readonly open: boolean;
  readonly name: string;
  onOpen(open: boolean): void;
  onName(name: string): void;
};

function Rename({ open, name, onOpen, onName }: RenameProps) {
  const [next, setNext] = useState(name);
  if (!open) {
    return (
      <div className="pb-2 pl-7">
        <Button kind="plain" onClick={() => onOpen(true)}>
          {text('people.rename')}
        </Button>
      </div>
    );
  }
  return (
    <form
      className="flex flex-col gap-3 pb-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (next.trim() !== '' && next.trim() !== name) onName(next.trim());
        onOpen(false);
      }}
    >
      <TextField
        label={text('people.rename.label')}
        hint={text('people.rename.hint')}
        value={next}
        maxLength={NAME_LIMIT}
        autoFocus
        onChange={(event) => setNext(event.target.value)}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" kind="primary">
          {text('people.rename.save')}
        </Button>
        <Button onClick={() => onOpen(false)}>{text('people.rename.cancel')}</Button>
      </div>
    </form>
  );
}
