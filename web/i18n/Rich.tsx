// A text with parts that are more than text, such as a link or a name in bold. Must not read a value
// as a tag: people choose their own names.
import { cloneElement, Fragment, type ReactElement, type ReactNode } from 'react';
import { text } from './text.ts';
import type { Arguments, TextId } from './texts.ts';

type Parts = Readonly<Record<string, ReactElement>>;
type Props<Id extends TextId> = {
  readonly id: Id;
  /** One element for each tag in the text; the words between the tags become its children. */
  readonly parts: Parts;
  readonly values?: Arguments<Id> extends [infer Values] ? Values : never;
};

const TAG = /<(\w+)>(.*?)<\/\1>/gs;
// A private character stands for < in a value while the tags of the text are read.
const STAND_IN = '\ue000';

const hideTags = (value: string | number) =>
  typeof value === 'string' ? value.replaceAll('<', STAND_IN) : value;
const showTags = (words: string) => words.replaceAll(STAND_IN, '<');

/** Splits words at their tags and puts each tag's words into its element. */
export function fillParts(words: string, parts: Parts): ReactNode[] {
  const nodes: ReactNode[] = [];
  let at = 0;
  for (const match of words.matchAll(TAG)) {
    const [whole, name = '', inner = ''] = match;
    const part = parts[name];
    nodes.push(showTags(words.slice(at, match.index)));
    nodes.push(part ? cloneElement(part, { key: match.index }, showTags(inner)) : showTags(inner));
    at = match.index + whole.length;
  }
  nodes.push(showTags(words.slice(at)));
  return nodes.filter((node) => node !== '');
}

export function Rich<Id extends TextId>({ id, parts, values }: Props<Id>) {
  const hidden = Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [name, hideTags(value as string | number)]),
  );
  const words = (text as (id: TextId, values: object) => string)(id, hidden);
  return <Fragment>{fillParts(words, parts)}</Fragment>;
}
