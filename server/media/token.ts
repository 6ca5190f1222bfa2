// Mints the one token the media server ever sees from us for a participant, for one request. Must grant joining,
// publishing and subscribing and nothing else: no name, no metadata, no data, never hidden, recorder, agent or admin.
import { AccessToken } from 'livekit-server-sdk';

export type TokenFacts = {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly identity: string;
  readonly room: string;
};

/** It never leaves this machine; long enough for one request to the loopback. */
const LIFE_S = 60;

export function mintToken({ apiKey, apiSecret, identity, room }: TokenFacts): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { identity, ttl: LIFE_S });
  token.addGrant({
    room,
    roomJoin: true,
    canPublish: true,
    canSubscribe: true,
    canPublishData: false,
    canUpdateOwnMetadata: false,
  });
  return token.toJwt();
}
