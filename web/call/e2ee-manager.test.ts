import { describe, expect, it, vi } from 'vitest';
import { E2eeManager } from './e2ee-manager.ts';

describe('what LiveKit calls an encryption manager', () => {
  it('A-41 neither encrypts nor opens data: there is none', async () => {
    const manager = new E2eeManager(() => undefined);
    await expect(manager.encryptData()).rejects.toMatchObject({ code: 'data-refused' });
    await expect(manager.handleEncryptedData()).rejects.toMatchObject({ code: 'data-refused' });
  });

  it('hands over each trailer of the server', () => {
    const trailers: Uint8Array[] = [];
    const manager = new E2eeManager((trailer) => trailers.push(trailer));
    manager.setSifTrailer(Uint8Array.of(1));
    manager.setSifTrailer(Uint8Array.of(2));
    expect(trailers.map((one) => one[0])).toEqual([1, 2]);
  });

  it('announces encryption of the local participant, until disposed of', () => {
    const manager = new E2eeManager(() => undefined);
    const listener = vi.fn();
    manager.on('participantEncryptionStatusChanged', listener);
    const localParticipant = {};
    manager.setup({ localParticipant } as never);
    manager.announce();
    expect(listener).toHaveBeenCalledWith(true, localParticipant);
    manager.dispose();
    manager.announce();
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
