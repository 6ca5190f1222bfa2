// every schema of the wire, by the exports of `protocol`, against what no message may be. A schema that has no
// true message here is a failure, so that none is forgotten.
import { readdirSync } from 'node:fs';
import { readJson } from '@in-camera/protocol/json.ts';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { vaultReport, vaultRequest } from '../../web/worker/vault-messages.ts';
import { SAMPLES, VAULT_REPORTS, VAULT_REQUESTS } from './samples.ts';
import { isClean, readBy } from './targets-texts.ts';

const PROTOCOL = new URL('../../protocol/', import.meta.url);
const files = readdirSync(PROTOCOL).filter((name) => /^[a-z-]+\.ts$/.test(name));

const isSchema = (value: unknown): value is z.ZodMiniType =>
  typeof value === 'object' && value !== null && '_zod' in value;

const schemas: [string, z.ZodMiniType][] = [];
for (const file of files) {
  const module = (await import(new URL(file, PROTOCOL).href)) as Record<string, unknown>;
  for (const [name, value] of Object.entries(module))
    if (isSchema(value)) schemas.push([name, value]);
}

const samplesOf = (name: string): readonly unknown[] => SAMPLES[name] ?? [];
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value with one more own key, whatever its name. */
function withKey(value: object, key: string, more: unknown): object {
  const copy = { ...value };
  Object.defineProperty(copy, key, { value: more, enumerable: true, configurable: true });
  return copy;
}

/** Every value with one of its parts, at any depth, put into a list, turned into another type, or given a key more. */
function* spoilt(value: unknown): Generator<unknown> {
  yield [value];
  yield { 0: value, length: 1 };
  yield typeof value === 'object' ? 'x' : {};
  if (Array.isArray(value)) {
    for (const [i, one] of value.entries()) {
      for (const other of spoilt(one)) yield value.map((same, at) => (at === i ? other : same));
    }
    return;
  }
  if (!isRecord(value)) return;
  for (const key of ['x', '__proto__', 'constructor', 'prototype', 'toString']) {
    yield withKey(value, key, { polluted: true });
  }
  for (const [key, one] of Object.entries(value)) {
    for (const other of spoilt(one)) yield { ...value, [key]: other };
  }
}

describe('A-68 SEC-16 every schema of the wire', () => {
  it('A-68 is known here, with true messages of each of its kinds', () => {
    expect(schemas.length).toBeGreaterThan(45);
    expect(Object.keys(SAMPLES).toSorted()).toEqual(schemas.map(([name]) => name).toSorted());
    for (const [name, schema] of schemas) {
      const samples = samplesOf(name);
      expect([name, samples.length > 0]).toEqual([name, true]);
      for (const one of samples) expect([name, readBy(schema, one)]).toEqual([name, 'valid']);
      const options: unknown = 'options' in schema._zod.def ? schema._zod.def.options : [];
      const missing = (Array.isArray(options) ? options : []).filter(
        (option: unknown) =>
          isSchema(option) && !samples.some((one) => z.safeParse(option, one).success),
      );
      expect([name, missing.length]).toEqual([name, 0]);
    }
  });

  it.each(schemas)(
    'A-68 %s refuses lists, other types and more keys, at any depth',
    (name, schema) => {
      for (const sample of samplesOf(name)) {
        for (const other of spoilt(sample)) {
          const shown = JSON.stringify(other)?.slice(0, 200);
          expect([shown, z.safeParse(schema, other).success]).toEqual([shown, false]);
        }
      }
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    },
  );

  it.each(schemas)('A-68 %s does not read a text in which a key stands twice', (name) => {
    for (const sample of samplesOf(name).filter(isRecord)) {
      const good = JSON.stringify(sample);
      expect(readJson(good)).toEqual(sample);
      for (const key of Object.keys(sample)) {
        const twice = `${good.slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(sample[key])}}`;
        expect(readJson(twice)).toBeUndefined();
      }
    }
  });
});

describe('A-68 messages between page and vault', () => {
  const both: [string, z.ZodMiniType, readonly object[]][] = [
    ['to the vault', vaultRequest, VAULT_REQUESTS],
    ['to the page', vaultReport, VAULT_REPORTS],
  ];
  it.each(both)(
    'A-68 %s refuse lists and other types, and carry no prototype over',
    (_way, schema, samples) => {
      for (const sample of samples) {
        expect([sample, readBy(schema, sample)]).toEqual([sample, 'valid']);
        for (const key of ['__proto__', 'constructor']) {
          const read = z.safeParse(schema, withKey(sample, key, { polluted: true }));
          expect(
            !read.success || (isClean(read.data) && !Object.hasOwn(Object(read.data), key)),
          ).toBe(true);
        }
        for (const other of [
          [sample],
          { ...sample, kind: [sample] },
          { ...sample, kind: '__proto__' },
        ]) {
          expect(z.safeParse(schema, other).success).toBe(false);
        }
      }
    },
  );
});
