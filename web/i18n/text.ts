// Turns a text id and its values into words. Must not let a name change the direction of the
// sentence around it.
import { setupI18n } from '@lingui/core';
import { endTexts } from './en-ends.ts';
import { lobbyTexts } from './en-lobby.ts';
import { startTexts } from './en-start.ts';
import type { Arguments, TextId } from './texts.ts';

const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

// What every page needs. The meeting's texts come with the meeting (room-texts.ts). In a build they
// arrive compiled (vite.config.ts); elsewhere Lingui compiles them itself.
const i18n = setupI18n({
  locale: 'en',
  messages: { en: { ...startTexts, ...lobbyTexts, ...endTexts } },
  missing: (_, id) => id,
});

/** Adds the texts of a part of the app when that part is loaded. */
export function addTexts(texts: Readonly<Partial<Record<TextId, string>>>): void {
  i18n.load('en', texts);
}

/** A name inside a sentence, fenced off when it runs the other way (Unicode UAX 9, isolates). */
export function isolate(value: string | number): string | number {
  return typeof value === 'string' && RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value;
}

export function isolateAll(values: Readonly<Record<string, string | number>>) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isolate(value)]));
}

export function text<Id extends TextId>(id: Id, ...[values]: Arguments<Id>): string {
  return i18n._(id, values === undefined ? undefined : isolateAll(values));
}

/** Names in a row: "Ana, Ben and Mei". */
export function listOf(names: readonly string[]): string {
  const fenced = names.map((name) => String(isolate(name)));
  return new Intl.ListFormat(i18n.locale, { type: 'conjunction' }).format(fenced);
}

/** Hour and minute in the person's own way of writing them. */
export function timeOf(ms: number): string {
  return new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }).format(ms);
}
