// A hostile page: LiveKit's own client without any of ours. It publishes in the clear, sends data,
// and shows what a tap without keys would see.
import { Room, setLogLevel, Track } from 'livekit-client';

setLogLevel('silent');

class PlainPage {
  #room: Room | null = null;

  async connect(address: string): Promise<void> {
    this.#room = new Room({ singlePeerConnection: false });
    await this.#room.connect(address, 'none', { rtcConfig: { iceServers: [] } });
  }

  /** Says that its tracks are encrypted, as a server that wants to be believed would. */
  async publish(kind: 'audio' | 'video', codec: 'vp8' | 'vp9'): Promise<void> {
    const room = this.#room;
    if (room === null) throw new Error('not connected');
    if (kind === 'audio') {
      const context = new AudioContext();
      const out = context.createMediaStreamDestination();
      const oscillator = context.createOscillator();
      oscillator.connect(out);
      oscillator.start();
      const [track] = out.stream.getAudioTracks();
      if (track === undefined) return;
      const options = { source: Track.Source.Microphone, red: false, dtx: false };
      await room.localParticipant.publishTrack(track, options);
      return;
    }
    const canvas = document.createElement('canvas');
    canvas.width = 320;
    canvas.height = 180;
    const context = canvas.getContext('2d');
    let tick = 0;
    setInterval(() => {
      if (context === null) return;
      context.fillStyle = tick++ % 2 === 0 ? '#f00' : '#e00';
      context.fillRect(0, 0, 320, 180);
    }, 66);
    const [track] = canvas.captureStream(15).getVideoTracks();
    if (track === undefined) return;
    await room.localParticipant.publishTrack(track, {
      source: Track.Source.Camera,
      videoCodec: codec,
      simulcast: false,
      backupCodec: false,
    });
  }

  async say(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    await this.#room?.localParticipant.publishData(bytes, { reliable: true });
  }

  async close(): Promise<void> {
    await this.#room?.disconnect();
  }
}

declare global {
  var plain: PlainPage;
}
globalThis.plain = new PlainPage();
