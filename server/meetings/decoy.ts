// The charter box of a meeting that does not exist: random to anyone without the server's secret, the same at every
// look, also after a restart (protocol.md, Entering 1). Must cost the same for known ids, so it is always computed.
import { createHmac } from 'node:crypto';
import { LIMITS } from '@in-camera/protocol/limits.ts';

const LABEL = 'in-camera decoy charter';

/** HMAC-SHA-256 in counter mode (NIST SP 800-108r1 section 4.1) over the id, as unpadded base64url. */
export function decoyCharter(doorSecret: Uint8Array, meeting: string): string {
  const out = Buffer.alloc(LIMITS.charterBox);
  for (let [offset, counter] = [0, 1]; offset < out.length; counter += 1) {
    const block = createHmac('sha256', doorSecret)
      .update(`${LABEL}\0${meeting}\0${counter}`)
      .digest();
    offset += block.copy(out, offset);
  }
  return out.toString('base64url');
}
