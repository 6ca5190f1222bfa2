// One application message out: sealed for the present epoch, ordered by the server.
import { toBase64url } from '../bytes.ts';
import { encodeTalk, type Talk } from '../talk.ts';
import { type Core, type Group, request } from './core.ts';

/** Returns the sealed box, by which the sender knows its message again. `then` gets a code when it was refused. */
export function say(
  core: Core,
  group: Group,
  talk: Talk,
  then?: (code: string | undefined) => void,
): string {
  const box = toBase64url(group.client.encrypt(encodeTalk(talk), new Uint8Array(0)));
  request(
    core,
    (ref) => ({ kind: 'send', ref, group: group.id, epoch: group.epoch, box }),
    (reply) => then?.(reply.ok ? undefined : (reply.code ?? 'internal')),
  );
  return box;
}
