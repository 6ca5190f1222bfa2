// What a tile says in words about its picture and its person.
import type { Person, Tile } from '../call/model.ts';
import { text, timeOf } from '../i18n/text.ts';

export type TileWords = { readonly words: string; readonly tone: 'quiet' | 'warn' };

/** Why there is no picture; nothing for a person who just has the camera off. */
export function pictureWords(tile: Tile): TileWords | undefined {
  switch (tile.state) {
    case 'ok':
      return tile.stillSinceMs === undefined
        ? undefined
        : { words: text('tile.still', { time: timeOf(tile.stillSinceMs) }), tone: 'warn' };
    case 'no-track':
    case 'muted':
      return undefined;
    case 'connecting':
    case 'no-key':
      return { words: text(`tile.state.${tile.state}`), tone: 'quiet' };
    case 'no-frame':
      return tile.stillSinceMs === undefined
        ? { words: text('tile.state.no-frame'), tone: 'warn' }
        : { words: text('tile.still', { time: timeOf(tile.stillSinceMs) }), tone: 'warn' };
    case 'bad-frames':
    case 'wrong-source':
      return { words: text(`tile.state.${tile.state}`), tone: 'warn' };
  }
}

export function tileName(person: Person, tile: Tile): string {
  if (tile.source === 'screen') {
    return person.you ? text('tile.screen.you') : text('tile.screen', { name: person.name });
  }
  return person.you ? text('tile.you') : person.name;
}

/** The whole tile in one line, for those who hear it. */
export function tileLabel(person: Person, tile: Tile): string {
  const camera = tile.state === 'no-track' || tile.state === 'muted';
  const parts = [
    tileName(person, tile),
    tile.source === 'camera' && camera ? text('tile.camera.off') : '',
    tile.source === 'camera' && person.microphone === 'off' ? text('tile.muted') : '',
    person.speaking && tile.source === 'camera' ? text('tile.speaking') : '',
    person.hand && tile.source === 'camera' ? text('tile.hand') : '',
    person.presence === 'here' ? '' : text(`tile.presence.${person.presence}`),
    pictureWords(tile)?.words ?? '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
