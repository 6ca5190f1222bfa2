// Which tile stands where: turns people and tiles into what the stage shows. Pure.
import type { MeetingView, Person, Tile } from '../call/model.ts';

export type Shown = { readonly key: string; readonly person: Person; readonly tile: Tile };
export type Plan =
  | { readonly kind: 'grid'; readonly tiles: readonly Shown[] }
  | { readonly kind: 'large'; readonly large: Shown; readonly others: readonly Shown[] };

/** A person who sends no camera has a tile too. */
function cameraOf(person: Person, tiles: readonly Tile[]): Tile {
  const found = tiles.find((tile) => tile.person === person.id && tile.source === 'camera');
  return (
    found ?? { id: `none-${person.id}`, person: person.id, source: 'camera', state: 'no-track' }
  );
}

const faceKey = (person: Person) => `face-${person.id}`;

/** Others first in the order of their coming, the person itself last. */
function facesOf({ people, tiles }: Pick<MeetingView, 'people' | 'tiles'>): Shown[] {
  const ordered = [...people.filter((p) => !p.you), ...people.filter((p) => p.you)];
  return ordered.map((person) => ({ key: faceKey(person), person, tile: cameraOf(person, tiles) }));
}

function screensOf({ people, tiles }: Pick<MeetingView, 'people' | 'tiles'>): Shown[] {
  return tiles.flatMap((tile) => {
    const person = people.find((someone) => someone.id === tile.person);
    return tile.source === 'screen' && person ? [{ key: `screen-${tile.id}`, person, tile }] : [];
  });
}

export type Wish = {
  readonly view: 'grid' | 'speaker';
  /** Id of the person who spoke last. */
  readonly speaker: string | undefined;
  /** Id of a person whom this person wants large. */
  readonly pinned: string | undefined;
};

/** Someone else's screen comes first, then whom the person chose, then who speaks. */
function largeOf(faces: readonly Shown[], screens: readonly Shown[], wish: Wish) {
  const face = (id: string | undefined) => faces.find((shown) => shown.person.id === id);
  const screen = screens.findLast((shown) => !shown.person.you);
  if (screen) return screen;
  const pinned = face(wish.pinned);
  if (pinned) return pinned;
  if (wish.view !== 'speaker' || faces.length < 2) return undefined;
  return face(wish.speaker) ?? faces[0];
}

export function planStage(meeting: Pick<MeetingView, 'people' | 'tiles'>, wish: Wish): Plan {
  const faces = facesOf(meeting);
  const screens = screensOf(meeting);
  const all = [...screens, ...faces];
  const large = largeOf(faces, screens, wish);
  if (!large) return { kind: 'grid', tiles: all };
  return { kind: 'large', large, others: all.filter((shown) => shown.key !== large.key) };
}

/** Who is to be large after this moment: the one who speaks now, else the one before. */
export function nextSpeaker(people: readonly Person[], before: string | undefined) {
  const others = people.filter((person) => !person.you);
  const speaking = others.filter((person) => person.speaking);
  if (speaking.some((person) => person.id === before)) return before;
  const still = others.some((person) => person.id === before) ? before : undefined;
  return speaking[0]?.id ?? still;
}
