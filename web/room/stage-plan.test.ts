import { describe, expect, it } from 'vitest';
import type { Person, Tile } from '../call/model.ts';
import { nextSpeaker, planStage } from './stage-plan.ts';

const person = (id: string, more: Partial<Person> = {}): Person => ({
  id,
  leaf: 0,
  name: id,
  you: false,
  role: 'guest',
  mark: { kind: 'admitted', by: 'Ana' },
  hand: false,
  microphone: 'off',
  speaking: false,
  sameName: false,
  presence: 'here',
  ...more,
});
const screen = (of: string): Tile => ({ id: `s-${of}`, person: of, source: 'screen', state: 'ok' });
const WISH = { view: 'grid', speaker: undefined, pinned: undefined } as const;
const people = [person('me', { you: true }), person('ana'), person('ben')];

describe('planStage', () => {
  it('gives everyone a tile, the person itself last', () => {
    const plan = planStage({ people, tiles: [] }, WISH);
    expect(plan.kind === 'grid' && plan.tiles.map((shown) => shown.person.id)).toEqual([
      'ana',
      'ben',
      'me',
    ]);
  });

  it('shows a shared screen large, also before a pinned person', () => {
    const plan = planStage({ people, tiles: [screen('ben')] }, { ...WISH, pinned: 'ana' });
    expect(plan.kind === 'large' && plan.large.key).toBe('screen-s-ben');
    expect(plan.kind === 'large' && plan.others).toHaveLength(3);
  });

  it('never shows one’s own screen large', () => {
    expect(planStage({ people, tiles: [screen('me')] }, WISH).kind).toBe('grid');
  });

  it('A-33 leaves out a screen that belongs to nobody in the meeting', () => {
    const plan = planStage({ people, tiles: [screen('ghost')] }, WISH);
    expect(plan).toMatchObject({ kind: 'grid', tiles: { length: 3 } });
  });

  it('follows the speaker in speaker view', () => {
    const plan = planStage({ people, tiles: [] }, { ...WISH, view: 'speaker', speaker: 'ben' });
    expect(plan.kind === 'large' && plan.large.person.id).toBe('ben');
  });

  it('stays a grid for one person alone', () => {
    const alone = { people: people.slice(0, 1), tiles: [] };
    expect(planStage(alone, { ...WISH, view: 'speaker' }).kind).toBe('grid');
  });
});

describe('nextSpeaker', () => {
  it('keeps who still speaks, else takes who does, else keeps who spoke last', () => {
    const both = [person('ana', { speaking: true }), person('ben', { speaking: true })];
    expect(nextSpeaker(both, 'ben')).toBe('ben');
    expect(nextSpeaker(both, undefined)).toBe('ana');
    expect(nextSpeaker([person('ana'), person('ben')], 'ben')).toBe('ben');
    expect(nextSpeaker([person('ana')], 'ben')).toBeUndefined();
    expect(nextSpeaker([person('me', { you: true, speaking: true })], undefined)).toBeUndefined();
  });
});
