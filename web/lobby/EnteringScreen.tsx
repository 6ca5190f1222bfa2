// Between the door and the room: the tree is checked, nothing is sent.
import type { CallState } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { DoorPicture } from '../ui/DoorPicture.tsx';
import { Page } from '../ui/Page.tsx';

type Entering = Extract<CallState, { kind: 'entering' }>;
type Props = { readonly entering: Entering; onLeave(): void };

export function EnteringScreen({ entering, onLeave }: Props) {
  const { rejoining, hostAway } = entering;
  const title = text(rejoining ? 'entering.title.rejoining' : 'entering.title');
  return (
    <Page title={title}>
      <div className="flex flex-col items-center gap-5 text-center">
        <DoorPicture open />
        <div role="status" className="flex flex-col gap-2">
          <h1 className="text-display">{title}</h1>
          <p className="text-large text-quiet">
            {text(rejoining ? 'entering.lead.rejoining' : 'entering.lead')}
          </p>
          {hostAway ? <p className="text-large text-warn">{text('entering.hostAway')}</p> : null}
        </div>
        <Button onClick={onLeave}>{text('waiting.leave')}</Button>
      </div>
    </Page>
  );
}
