// Shown for the moment in which a part of the page is on its way.
import { text } from '../i18n/text.ts';
import { Page } from './Page.tsx';

type Props = { readonly words?: string };

export function Loading({ words = text('app.loading') }: Props) {
  return (
    <Page title={text('app.name')}>
      <div role="status" className="text-center text-quiet">
        <h1 className="text-base font-normal">{words}</h1>
      </div>
    </Page>
  );
}
