// The shape of every end: what happened, what was deleted or never sent, what to do next.
import type { ReactNode } from 'react';
import { text } from '../i18n/text.ts';
import type { TextId } from '../i18n/texts.ts';
import { Card } from '../ui/Card.tsx';
import { DoorPicture } from '../ui/DoorPicture.tsx';
import { Page } from '../ui/Page.tsx';

type EndId = Extract<
  TextId,
  `${string}.title` | `${string}.what` | `${string}.kept` | `${string}.next`
>;
type Props = {
  readonly title: Extract<EndId, `cannot.${string}` | `${string}.title`>;
  readonly what?: EndId | undefined;
  readonly kept: EndId;
  readonly next: EndId;
  readonly list?: ReactNode;
  readonly actions?: ReactNode;
};

const plain = (id: EndId) => (text as (id: string) => string)(id);

export function EndScreen({ title, what, kept, next, list, actions }: Props) {
  return (
    <Page title={plain(title)}>
      <div className="flex flex-col items-center gap-6">
        <DoorPicture />
        <Card>
          <div role="status" className="flex flex-col gap-3">
            <h1 className="text-display">{plain(title)}</h1>
            {what ? <p>{plain(what)}</p> : null}
            {list}
            <p className="text-quiet">{plain(kept)}</p>
            <p>{plain(next)}</p>
          </div>
          {actions ? <div className="flex flex-wrap gap-3">{actions}</div> : null}
        </Card>
      </div>
    </Page>
  );
}
