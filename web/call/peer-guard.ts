// Stands in for RTCPeerConnection before livekit-client loads (media.md section 5): every sender
// and receiver gets our transform in the task that makes it, ICE asks our own hosts only, and
// nothing is said or heard over data channels. It has no switch: without a worker no connection
// can be made at all.
import type { BindOptions, Source } from '../worker/frames-messages.ts';
import { fingerprintsOf, sealable } from './answer.ts';
import { MediaError } from './media-errors.ts';

export type GuardNotice =
  | 'foreign-ice'
  | 'data-sent'
  | 'data-received'
  | 'sendrecv-refused'
  | 'fingerprint-changed'
  | 'audio-refused'
  | 'video-refused';

export interface GuardUse {
  /** Runs the frames worker's code; nothing else may be given here. */
  readonly worker: Worker;
  /** Host names, with port where it is not the default, that ICE may ask. */
  readonly iceHosts: readonly string[];
  readonly onNotice: (notice: GuardNotice) => void;
}

export interface PeerGuard {
  /** One meeting at a time. Throws guard-busy while another uses it. */
  use(use: GuardUse): void;
  /** Closes every connection made since `use`; no other can be made until the next one. */
  release(): void;
  /** What a track shows must be said before it is published, or nothing of it is sent. */
  markSource(track: MediaStreamTrack, source: Source): void;
  slotOf(end: RTCRtpSender | RTCRtpReceiver): string | undefined;
}

interface FlaggedConfiguration extends RTCConfiguration {
  encodedInsertableStreams?: boolean;
}

let installed: PeerGuard | null = null;

/** Replaces the global constructor once; later calls return the same guard. */
export function installPeerGuard(scope: typeof globalThis = globalThis): PeerGuard {
  if (installed !== null) return installed;
  if (!hasTransforms(scope)) throw new MediaError('transform-missing');
  const state = new GuardState();
  const Guarded = guardedConnection(scope.RTCPeerConnection, state);
  Object.defineProperty(scope, 'RTCPeerConnection', { value: Guarded, writable: true });
  // Old alias of the same constructor in Chromium; a way around otherwise.
  if ('webkitRTCPeerConnection' in scope) {
    Object.defineProperty(scope, 'webkitRTCPeerConnection', { value: Guarded, writable: true });
  }
  installed = state;
  return state;
}

export function hasTransforms(scope: typeof globalThis): boolean {
  return (
    typeof scope.RTCPeerConnection === 'function' &&
    typeof scope.RTCRtpScriptTransform === 'function' &&
    'transform' in scope.RTCRtpSender.prototype &&
    'transform' in scope.RTCRtpReceiver.prototype
  );
}

class GuardState implements PeerGuard {
  #use: GuardUse | null = null;
  readonly #open = new Set<RTCPeerConnection>();
  readonly #sources = new WeakMap<MediaStreamTrack, Source>();
  readonly #slots = new WeakMap<RTCRtpSender | RTCRtpReceiver, string>();

  use(use: GuardUse): void {
    if (this.#use !== null) throw new MediaError('guard-busy');
    this.#use = use;
  }

  release(): void {
    for (const connection of this.#open) connection.close();
    this.#open.clear();
    this.#use = null;
  }

  markSource(track: MediaStreamTrack, source: Source): void {
    this.#sources.set(track, source);
  }

  slotOf(end: RTCRtpSender | RTCRtpReceiver): string | undefined {
    return this.#slots.get(end);
  }

  notice(notice: GuardNotice): void {
    this.#use?.onNotice(notice);
  }

  opened(connection: RTCPeerConnection): void {
    this.#open.add(connection);
    connection.addEventListener('connectionstatechange', () => {
      if (connection.connectionState === 'closed') this.#open.delete(connection);
    });
  }

  /** Keeps what asks our own hosts; Chromium's flag makes a late transform lose nothing. */
  configuration(given: RTCConfiguration | undefined): FlaggedConfiguration {
    if (this.#use === null) throw new MediaError('no-worker');
    const iceServers = (given?.iceServers ?? []).filter((server) => this.#isOwn(server));
    if (iceServers.length !== (given?.iceServers ?? []).length) this.notice('foreign-ice');
    const flag = 'createEncodedStreams' in RTCRtpSender.prototype;
    return { ...given, iceServers, ...(flag ? { encodedInsertableStreams: true } : {}) };
  }

  attach(transceiver: RTCRtpTransceiver, track?: MediaStreamTrack): void {
    this.#attachEnd(transceiver.sender, 'send', transceiver.receiver.track, track);
    this.#attachEnd(transceiver.receiver, 'receive', transceiver.receiver.track);
  }

  #attachEnd(
    end: RTCRtpSender | RTCRtpReceiver,
    side: 'send' | 'receive',
    ownTrack: MediaStreamTrack,
    track?: MediaStreamTrack,
  ): void {
    if (this.#slots.has(end)) return;
    if (this.#use === null) throw new MediaError('no-worker');
    const slot = crypto.randomUUID();
    const trackKind = ownTrack.kind === 'audio' ? 'audio' : 'video';
    const source = track === undefined ? undefined : this.#sources.get(track);
    const options: BindOptions = { kind: 'bind', slot, side, trackKind };
    const transform = new RTCRtpScriptTransform(
      this.#use.worker,
      source === undefined ? options : { ...options, source },
    );
    end.transform = transform;
    if (end.transform !== transform) throw new MediaError('transform-refused');
    // Nobody takes it off again.
    Object.defineProperty(end, 'transform', {
      get: () => transform,
      set: () => {
        throw new MediaError('transform-refused');
      },
    });
    this.#slots.set(end, slot);
  }

  #isOwn(server: RTCIceServer): boolean {
    const urls = typeof server.urls === 'string' ? [server.urls] : server.urls;
    const hosts = this.#use?.iceHosts ?? [];
    return urls.every((url) => {
      const host = /^(?:stuns?|turns?):([^?]+)/.exec(url)?.[1];
      return host !== undefined && hosts.includes(host);
    });
  }
}

function guardedConnection(
  Native: typeof RTCPeerConnection,
  state: GuardState,
): typeof RTCPeerConnection {
  return class GuardedPeerConnection extends Native {
    /** The server's certificate as it was first named; Firefox does not look at a later one. */
    #fingerprints = '';

    constructor(configuration?: RTCConfiguration) {
      super(state.configuration(configuration));
      state.opened(this);
      this.addEventListener('track', (event) => state.attach(event.transceiver));
      // First of all listeners, so nobody behind it learns of the channel.
      this.addEventListener('datachannel', (event) => {
        event.stopImmediatePropagation();
        silence(event.channel, state);
      });
    }

    override setConfiguration(configuration?: RTCConfiguration): void {
      super.setConfiguration(state.configuration(configuration));
    }

    override addTransceiver(
      trackOrKind: MediaStreamTrack | string,
      init?: RTCRtpTransceiverInit,
    ): RTCRtpTransceiver {
      if (init?.direction === undefined || init.direction === 'sendrecv') {
        state.notice('sendrecv-refused');
        throw new MediaError('sendrecv-refused');
      }
      const transceiver = super.addTransceiver(trackOrKind, init);
      state.attach(transceiver, typeof trackOrKind === 'string' ? undefined : trackOrKind);
      return transceiver;
    }

    override addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): RTCRtpSender {
      const sender = super.addTrack(track, ...streams);
      const transceiver = this.getTransceivers().find((one) => one.sender === sender);
      if (transceiver === undefined) throw new MediaError('transform-refused');
      state.attach(transceiver, track);
      return sender;
    }

    /** A description reaches the engine only with the same certificate and, as an answer, with codecs of ours. */
    override async setRemoteDescription(description?: RTCSessionDescriptionInit): Promise<void> {
      this.#pin(fingerprintsOf(description?.sdp ?? ''));
      if (description?.type !== 'answer') {
        await super.setRemoteDescription(description as RTCSessionDescriptionInit);
        return;
      }
      const answer = sealable(this.localDescription?.sdp ?? '', description.sdp ?? '');
      if (answer === null) throw new MediaError('codec-refused');
      for (const kind of answer.refused) state.notice(`${kind}-refused`);
      await super.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    }

    /** SEC-15: whoever shows another certificate in the middle is somebody else. */
    #pin(fingerprints: string): void {
      // A rollback names none; a description of media without one is the engine's to refuse.
      if (fingerprints === '') return;
      if (this.#fingerprints === '') this.#fingerprints = fingerprints;
      if (this.#fingerprints === fingerprints) return;
      this.close();
      state.notice('fingerprint-changed');
      throw new MediaError('fingerprint-changed');
    }

    override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
      return silence(super.createDataChannel(label, init), state);
    }
  };
}

/** LiveKit wants channels to exist; nothing goes out of one, and nothing that comes in is heard. */
function silence(channel: RTCDataChannel, state: GuardState): RTCDataChannel {
  channel.addEventListener('message', (event) => {
    event.stopImmediatePropagation();
    state.notice('data-received');
  });
  Object.defineProperty(channel, 'send', {
    value: () => {
      state.notice('data-sent');
      throw new MediaError('data-refused');
    },
  });
  return channel;
}
