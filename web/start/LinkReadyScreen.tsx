// After a meeting has been made: the link, and the door to it.
import { text } from '../i18n/text.ts';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { LinkCard } from '../ui/LinkCard.tsx';
import { Page } from '../ui/Page.tsx';

type Props = { readonly link: string; onOpen(): void };

export function LinkReadyScreen({ link, onOpen }: Props) {
  return (
    <Page title={text('link.title')}>
      <Card>
        <div className="flex flex-col gap-1">
          <h1 className="text-display">{text('link.title')}</h1>
          <p className="text-quiet">{text('link.lead')}</p>
        </div>
        <LinkCard link={link} />
        <div className="flex flex-col gap-2 border-t border-line pt-5">
          <Button kind="primary" wide onClick={onOpen}>
            {text('link.open')}
          </Button>
          <p className="text-center text-quiet">{text('link.open.hint')}</p>
        </div>
      </Card>
    </Page>
  );
}
