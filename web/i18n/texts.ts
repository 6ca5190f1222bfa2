// Every text a person sees, by id. The type of the ids is the list itself: a missing text does not compile.
import { aboutTexts } from './en-about.ts';
import { alarmTexts } from './en-alarms.ts';
import { endTexts } from './en-ends.ts';
import { lobbyTexts } from './en-lobby.ts';
import { roomTexts } from './en-room.ts';
import { startTexts } from './en-start.ts';

export const english = {
  ...startTexts,
  ...lobbyTexts,
  ...endTexts,
  ...roomTexts,
  ...alarmTexts,
  ...aboutTexts,
} as const;

export type TextId = keyof typeof english;

type Name<Piece extends string> = Piece extends `${infer Inside}}${string}`
  ? Inside extends `${infer Before},${string}`
    ? Word<Before>
    : Word<Inside>
  : never;
// A branch of a plural also stands in braces; its text holds a space or a number sign.
type Word<Piece extends string> = Piece extends `${string}${' ' | '#' | '.' | '{'}${string}`
  ? never
  : Piece;
type Names<Text extends string> = Text extends `${string}{${infer Rest}`
  ? Name<Rest> | Names<Rest>
  : never;

/** The values that a text asks for. */
export type ValuesOf<Id extends TextId> = Readonly<
  Record<Names<(typeof english)[Id]>, string | number>
>;

/** The values as an optional last argument: none for a text that asks for none. */
export type Arguments<Id extends TextId> = [Names<(typeof english)[Id]>] extends [never]
  ? []
  : [values: ValuesOf<Id>];
