// The full notice: what is sealed, what the server sees, what no app can promise (TRA-3, END-15).
import '../i18n/about-texts.ts';
import { text } from '../i18n/text.ts';
import type { TextId } from '../i18n/texts.ts';
import { Page } from '../ui/Page.tsx';

const SEALED = ['media', 'chat', 'names', 'keys'] as const;
const SEEN = ['address', 'times', 'ids', 'sealed'] as const;
const KEPT = ['meeting', 'name', 'history'] as const;
const LIMITS = ['film', 'app', 'link', 'audit'] as const;

export function AboutPage() {
  return (
    <Page title={text('about.title')}>
      <article className="flex flex-col gap-8 py-4">
        <header className="flex flex-col gap-3">
          <h1 className="text-words">{text('about.title')}</h1>
          <p className="text-large text-quiet">{text('about.lead')}</p>
        </header>
        <Part
          title="about.sealed.title"
          items={SEALED.map((item) => `about.sealed.${item}` as const)}
          after="about.sealed.how"
        />
        <SeenTable />
        <Part
          title="about.device.title"
          items={KEPT.map((item) => `about.device.${item}` as const)}
        />
        <Part
          title="about.limits.title"
          items={LIMITS.map((item) => `about.limits.${item}` as const)}
        />
      </article>
    </Page>
  );
}

type PlainId = Extract<TextId, `about.${string}`>;
type PartProps = {
  readonly title: PlainId;
  readonly items: readonly PlainId[];
  readonly after?: PlainId;
};

function Part({ title, items, after }: PartProps) {
  return (
    <section className="flex flex-col gap-3">
      <h2 className="text-title">{text(title)}</h2>
      <ul className="flex list-disc flex-col gap-1.5 pl-5">
        {items.map((item) => (
          <li key={item}>{text(item)}</li>
        ))}
      </ul>
      {after ? <p>{text(after)}</p> : null}
    </section>
  );
}

/** A list, not a table: it reads the same on a phone and aloud. */
function SeenTable() {
  return (
    <section className="flex flex-col gap-3">
      <h2 className="text-title">{text('about.sees.title')}</h2>
      <ul className="flex flex-col">
        {SEEN.map((item) => (
          <li key={item} className="flex flex-col border-t border-line py-3">
            <b>{text(`about.sees.${item}`)}</b>
            <dl className="grid grid-cols-[auto_1fr] gap-x-3 text-quiet">
              <dt>{text('about.sees.why')}</dt>
              <dd>{text(`about.sees.${item}.why`)}</dd>
              <dt>{text('about.sees.until')}</dt>
              <dd>{text(`about.sees.${item}.until`)}</dd>
            </dl>
          </li>
        ))}
      </ul>
      <p>{text('about.sees.who')}</p>
    </section>
  );
}
