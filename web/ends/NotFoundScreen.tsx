// An address with nothing behind it.
import { text } from '../i18n/text.ts';
import { Card } from '../ui/Card.tsx';
import { DoorPicture } from '../ui/DoorPicture.tsx';
import { Page } from '../ui/Page.tsx';

export function NotFoundScreen() {
  return (
    <Page title={text('app.notFound.title')}>
      <div className="flex flex-col items-center gap-6">
        <DoorPicture />
        <Card>
          <h1 className="text-display">{text('app.notFound.title')}</h1>
          <p>{text('app.notFound.what')}</p>
          <p>
            <a href="/" className="text-accent underline underline-offset-4">
              {text('app.notFound.next')}
            </a>
          </p>
        </Card>
      </div>
    </Page>
  );
}
