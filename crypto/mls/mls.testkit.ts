// Clients and small groups for the tests of this folder.
import { readFileSync } from 'node:fs';
import { loadMls, MlsClient, MlsError, SUITE_CLASSICAL, SUITE_HYBRID } from './index.ts';

export const SUITES = [
  { name: 'hybrid', suite: SUITE_HYBRID },
  { name: 'classical', suite: SUITE_CLASSICAL },
];

/** Shared machines are slow at times; none of these tests measures. */
export const SLOW = { timeout: 180_000 };

export const text = (value: string) => new TextEncoder().encode(value);
export const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
export const unhex = (value: string) => Uint8Array.from(Buffer.from(value, 'hex'));
export const NONE = new Uint8Array();

export const PSK = { id: text('meeting 1'), secret: text('0123456789abcdef0123456789abcdef') };

export async function load(): Promise<void> {
  await loadMls(readFileSync(new URL('./dist/mls_bg.wasm', import.meta.url)));
}

/** mulberry32: 32 bits at a time, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

let seeds = 0;
export function seed(): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, ++seeds);
  return bytes;
}

interface Options {
  readonly leafSeed?: Uint8Array;
  readonly attempt?: number;
  readonly psk?: boolean;
}

export function client(suite: number, name: string, options: Options = {}): MlsClient {
  const { leafSeed = seed(), attempt = 1, psk = true } = options;
  const made = new MlsClient(suite, leafSeed, text(name), Uint8Array.of(0, 0, 0, attempt));
  if (psk) made.setPsk(PSK.id, PSK.secret);
  return made;
}

export const EMPTY = { adds: [], removes: [], forcePath: false, aad: NONE };

/** Adds the joiners in one commit with the PSK; the committer and the joiners are in it after. */
export function admit(committer: MlsClient, ...joiners: MlsClient[]): Uint8Array {
  const adds = joiners.map((joiner) => joiner.keyPackage());
  const { commit, welcome } = committer.commit({ ...EMPTY, adds, pskId: PSK.id });
  committer.mergePending();
  for (const joiner of joiners) {
    joiner.stageWelcome(welcome ?? NONE);
    joiner.joinStaged();
  }
  return commit;
}

/** A meeting of host and guests, all in the same epoch. */
export function meeting(suite: number, ...names: string[]): [MlsClient, ...MlsClient[]] {
  const host = client(suite, 'host');
  host.createGroup(text('group'), text('context 0'));
  const guests = names.map((name) => client(suite, name));
  if (guests.length > 0) admit(host, ...guests);
  return [host, ...guests];
}

export function take(member: MlsClient, commit: Uint8Array): void {
  const processed = member.process(commit);
  if (processed.kind !== 'commit') throw new Error('not a commit');
  member.mergeStaged();
}

export const secretOf = (member: MlsClient) => hex(member.export('test', text('x'), 32));

/** The code of what `run` throws, or `none`. */
export function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    if (error instanceof MlsError) return error.code;
    throw error;
  }
}
