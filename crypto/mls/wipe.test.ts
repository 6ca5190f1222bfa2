// What `free` leaves in the module's memory: nothing of ours that can be searched for.
import { expect, it, vi } from 'vitest';
import {
  client,
  codeOf,
  hex,
  load,
  meeting,
  NONE,
  PSK,
  SLOW,
  SUITES,
  take,
  text,
} from './mls.testkit.ts';

/** Loads the module and keeps hold of its memory, which the binding itself never shows. */
async function memory(): Promise<() => Buffer> {
  const instantiate = vi.spyOn(WebAssembly, 'instantiate');
  await load();
  const result: unknown = await instantiate.mock.results[0]?.value;
  instantiate.mockRestore();
  const { instance } = result as WebAssembly.WebAssemblyInstantiatedSource;
  const exported = instance.exports.memory as WebAssembly.Memory;
  return () => Buffer.from(exported.buffer);
}

it('wipes seeds, PSKs, exported secrets and chat', SLOW, async () => {
  const bytes = await memory();
  const found = (value: Uint8Array) => bytes().includes(Buffer.from(value));
  for (const { suite } of SUITES) {
    const leafSeed = Uint8Array.from({ length: 32 }, (_, n) => 0xa0 ^ (n * 7));
    const secret = text('psk that must not stay in memory');
    const chat = text('a line of chat that must not stay');
    const [host] = meeting(suite);
    const guest = client(suite, 'guest', { leafSeed, psk: false });
    host.setPsk(PSK.id, secret);
    guest.setPsk(PSK.id, secret);
    const request = { adds: [guest.keyPackage()], removes: [], forcePath: true, aad: NONE };
    const { welcome } = host.commit({ ...request, pskId: PSK.id });
    host.mergePending();
    guest.stageWelcome(welcome!);
    guest.joinStaged();
    const snapshot = guest.snapshot();
    take(guest, host.commit({ ...request, adds: [] }).commit);
    host.mergePending();
    const exported = guest.export('test', NONE, 32);
    expect(hex(host.export('test', NONE, 32))).toBe(hex(exported));
    host.process(guest.encrypt(chat, NONE));

    expect(found(leafSeed)).toBe(true); // the search itself works
    expect(found(secret)).toBe(true);
    for (const owner of [snapshot, guest, host]) owner.free();
    for (const gone of [leafSeed, secret, chat, exported]) {
      expect(found(gone)).toBe(false);
    }
    expect(codeOf(() => guest.epoch())).toBe('freed');
  }
});
