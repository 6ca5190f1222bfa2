// The other side of `join.ts`: a plain page with LiveKit's own client, nothing encrypted. Holds no meeting of ours.
import { Room, RoomEvent, setLogLevel } from 'livekit-client';

setLogLevel('silent');

const nowMs = (): number => performance.timeOrigin + performance.now();

class JoinPage {
  #room: Room | undefined;

  /** Joins and shows what comes; resolves with the milliseconds until the first picture was decoded. */
  async join(url: string, single: boolean): Promise<number> {
    const room = new Room({ singlePeerConnection: single, adaptiveStream: true });
    this.#room = room;
    const startMs = nowMs();
    const first = new Promise<number>((resolve) => {
      room.on(RoomEvent.TrackSubscribed, (track) => {
        const element = track.attach();
        element.addEventListener('loadeddata', () => {
          if (track.kind === 'video') resolve(nowMs() - startMs);
        });
        document.body.append(element);
      });
    });
    await room.connect(url, 'none', { rtcConfig: { iceServers: [] } });
    return first;
  }

  async publish(url: string): Promise<void> {
    const room = new Room({ singlePeerConnection: false });
    this.#room = room;
    await room.connect(url, 'none', { rtcConfig: { iceServers: [] } });
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    for (const track of stream.getTracks()) {
      await room.localParticipant.publishTrack(track, { videoCodec: 'vp8', backupCodec: false });
    }
  }

  async leave(): Promise<void> {
    await this.#room?.disconnect();
    document.body.replaceChildren();
  }
}

declare global {
  var joinPage: JoinPage;
}
globalThis.joinPage = new JoinPage();
