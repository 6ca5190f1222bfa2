// From the exporter's secrets to what the frames worker gets: keys that cannot be read out, one usage each.
// The secrets are wiped as soon as they are keys.
import { wipeBytes } from '@in-camera/crypto/bytes.ts';
import { encodeKid } from '@in-camera/crypto/frame-keys.ts';
import type { EpochKeys } from '@in-camera/crypto/session/signals.ts';
import { deriveFrameKey } from '@in-camera/crypto/sframe.ts';
import type { EpochMessage } from './frames-messages.ts';

export async function toEpochMessage(keys: EpochKeys): Promise<EpochMessage> {
  const others: EpochMessage['keys'] = [];
  const own: EpochMessage['own'] = [];
  await Promise.all(
    keys.senders.map(async ({ leaf, source, secret }) => {
      const { generation, epoch } = keys;
      const kid = encodeKid({ source, instance: 0, generation, leaf, try: keys.try, epoch });
      const mine = leaf === keys.ownLeaf;
      const { key, salt } = await deriveFrameKey(secret, kid, mine ? 'encrypt' : 'decrypt');
      if (mine) own.push({ kid, source, key, salt });
      else others.push({ kid, leaf, source, key, salt });
      wipeBytes(secret);
    }),
  );
  return {
    kind: 'epoch',
    group: keys.group,
    generation: keys.generation,
    epoch: keys.epoch,
    try: keys.try,
    ownLeaf: keys.ownLeaf,
    keys: others,
    own,
    sendAfterMs: keys.sendAfterMs,
    removedLeaves: [...keys.removedLeaves],
    hadRemove: keys.hadRemove,
  };
}
