// The hostile tests' own road past the product's surface: LiveKit's rooms as they are made, and what they hear.
import { loadLiveKit } from '../../web/call/media-livekit.ts';

export type RawRoom = InstanceType<Awaited<ReturnType<typeof loadLiveKit>>['Room']>;
export const rawRooms: RawRoom[] = [];
export const heard: unknown[] = [];

/** LiveKit's rooms as they are made: the hostile tests publish around the product's own surface. */
export async function watchRooms(): Promise<void> {
  const { Room, RoomEvent } = await loadLiveKit();
  const native = Room.prototype.setE2EEEnabled;
  Room.prototype.setE2EEEnabled = function (this: RawRoom, enabled: boolean) {
    rawRooms.push(this);
    this.on(RoomEvent.DataReceived, (payload) => heard.push(payload));
    return native.call(this, enabled);
  };
}

/** As the media server asks for a second codec of what is already sent; resolves when LiveKit has taken it in. */
export async function askForBackup(
  room: RawRoom,
  sender: RTCRtpSender | null,
  codec: string,
): Promise<void> {
  const { localParticipant, engine } = room;
  const publication = [...localParticipant.trackPublications.values()].find(
    (one) => one.track !== undefined && one.track.sender === sender,
  );
  if (publication === undefined) throw new Error('nothing is sent');
  const taken = new Promise<void>((resolve) => {
    engine.once('subscribedQualityUpdate' as never, resolve as never);
  });
  const qualities = [0, 1, 2].map((quality) => ({ quality, enabled: true }));
  const update = { trackSid: publication.trackSid, subscribedCodecs: [{ codec, qualities }] };
  engine.client.onSubscribedQualityUpdate?.(update as never);
  await taken;
}
