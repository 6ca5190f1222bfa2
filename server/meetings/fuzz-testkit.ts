// Bad input for tests: texts that are no messages, and good messages spoilt in one place; and all that SQL holds, to see
// that nothing came of it.
import { LIMITS } from '@in-camera/protocol/limits.ts';
import fc from 'fast-check';
import { type RawBuilder, sql } from 'kysely';
import type { TestServer } from '../testkit.ts';

const TABLES = [
  'meetings',
  'meeting_knocks',
  'meeting_answers',
  'delivery_groups',
  'delivery_seats',
  'delivery_orders',
  'delivery_packages',
  'delivery_welcomes',
  'delivery_group_infos',
  'media_rooms',
  'media_tickets',
];

export async function contents(server: TestServer): Promise<string> {
  const all: unknown[] = [];
  for (const name of TABLES) {
    const query: RawBuilder<unknown> = sql`select * from ${sql.table(name)} order by 1, 2`;
    all.push((await query.execute(server.db)).rows);
  }
  return JSON.stringify(all);
}

const oddValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0.5,
    1e308,
    Number.MAX_SAFE_INTEGER + 2,
    '',
    ' ',
    '\u0000',
    '\ud800',
    'a',
    '__proto__',
    'x'.repeat(3_000),
    [],
    [[]],
    {},
    { length: 1 },
    { toString: 'x' },
    "' or 1=1 --",
    '../../etc/passwd',
    '$(id)',
    '\r\nX: y',
    '%00',
    [null],
    '9'.repeat(400),
  ),
  fc.jsonValue({ maxDepth: 3 }),
);
export const RAW = [
  '',
  ' ',
  'null',
  '[]',
  '0',
  '"knock"',
  '{',
  '}',
  '{"kind":',
  '\u0000',
  '{"kind":"ping"}{"kind":"ping"}',
  '{"kind":"ping","kind":"end"}',
  '{"__proto__":{"kind":"ping"}}',
  '{"kind":"ping","__proto__":{"x":1}}',
  '{"constructor":{"prototype":{"kind":"ping"}}}',
  '{"kind":["ping"]}',
  '{"kind":{"toString":"ping"}}',
  `${'['.repeat(20_000)}`,
  `${'{"a":'.repeat(5_000)}`,
  '{"kind":"ping","ref":1e999}',
  '\ufeff{"kind":"ping"}',
  'NaN',
  'undefined',
];

/** One wrong change of a good message: a field gone, too many, or of another type, size or value. */
export const spoilt = (good: object): fc.Arbitrary<unknown> => {
  const fields = Object.keys(good);
  const field = fc.constantFrom(...fields);
  return fc.oneof(
    field.map((name) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name))),
    fc.tuple(field, oddValue).map(([name, value]) => ({ ...good, [name]: value })),
    fc.tuple(fc.string(), oddValue).map(([name, value]) => ({ ...good, [`x${name}`]: value })),
    fc
      .constantFrom('constructor', 'prototype', 'toJSON', 'then')
      .map((name) => ({ ...good, [name]: 1 })),
    field.map((name) => ({ ...good, [name]: 'A'.repeat(LIMITS.message) })),
    oddValue,
  );
};
