import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { GuardNotice, GuardUse, PeerGuard } from './peer-guard.ts';

/** As much of WebRTC as the guard touches; an end takes a transform and gives it back. */
class FakeEnd {
  transform: unknown = null;
  readonly track: { readonly kind: string };
  constructor(kind: string) {
    this.track = { kind };
  }
}
class FakeSender extends FakeEnd {}
class FakeReceiver extends FakeEnd {}
Object.defineProperty(FakeSender.prototype, 'transform', { value: null, writable: true });
Object.defineProperty(FakeReceiver.prototype, 'transform', { value: null, writable: true });

class FakeTransform {
  readonly options: unknown;
  constructor(_worker: unknown, options: unknown) {
    this.options = options;
  }
}

class FakeChannel extends EventTarget {
  readonly sent: unknown[] = [];
  send(data: unknown): void {
    this.sent.push(data);
  }
}

class FakeTransceiver {
  readonly sender: FakeSender;
  readonly receiver: FakeReceiver;
  constructor(kind: string) {
    this.sender = new FakeSender(kind);
    this.receiver = new FakeReceiver(kind);
  }
}

class FakeConnection extends EventTarget {
  configuration: unknown;
  closed = false;
  connectionState = 'new';
  localDescription: RTCSessionDescriptionInit | null = null;
  readonly described: RTCSessionDescriptionInit[] = [];
  readonly transceivers: FakeTransceiver[] = [];
  constructor(configuration: unknown) {
    super();
    this.configuration = configuration;
  }
  setConfiguration(configuration: unknown): void {
    this.configuration = configuration;
  }
  addTransceiver(track: string | { kind: string }, _init?: object): FakeTransceiver {
    return this.#make(track);
  }
  #make(track: string | { kind: string }): FakeTransceiver {
    const made = new FakeTransceiver(typeof track === 'string' ? track : track.kind);
    this.transceivers.push(made);
    return made;
  }
  addTrack(track: { kind: string }): FakeSender {
    return this.#make(track).sender;
  }
  getTransceivers(): FakeTransceiver[] {
    return this.transceivers;
  }
  createDataChannel(): FakeChannel {
    return new FakeChannel();
  }
  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.described.push(description);
  }
  close(): void {
    this.closed = true;
  }
}

interface Scope {
  RTCPeerConnection: typeof RTCPeerConnection;
  webkitRTCPeerConnection?: typeof RTCPeerConnection;
}

let scope: Scope;
let guard: PeerGuard;
let notices: GuardNotice[];
let use: GuardUse;

const make = (configuration?: RTCConfiguration): FakeConnection =>
  Reflect.construct<[unknown], FakeConnection>(scope.RTCPeerConnection as never, [configuration]);
const track = (kind: 'audio' | 'video') => ({ kind }) as MediaStreamTrack;
const optionsOf = (end: FakeEnd) => (end.transform as FakeTransform).options;
const event = (type: string, more: object) => Object.assign(new Event(type), more);

beforeEach(async () => {
  vi.resetModules();
  const fakes = {
    RTCPeerConnection: FakeConnection,
    webkitRTCPeerConnection: FakeConnection,
    RTCRtpScriptTransform: FakeTransform,
    RTCRtpSender: FakeSender,
    RTCRtpReceiver: FakeReceiver,
  };
  for (const [name, fake] of Object.entries(fakes)) vi.stubGlobal(name, fake);
  scope = globalThis;
  const { installPeerGuard } = await import('./peer-guard.ts');
  guard = installPeerGuard();
  notices = [];
  use = {
    worker: {} as Worker,
    iceHosts: ['meet.example:3478'],
    onNotice: (notice) => notices.push(notice),
  };
});

describe('peer guard', () => {
  it('A-32 SEC-1 no connection at all without a worker, or after its release', () => {
    expect(() => make()).toThrow('no-worker');
    guard.use(use);
    const connection = make();
    guard.release();
    expect(connection.closed).toBe(true);
    expect(() => make()).toThrow('no-worker');
  });

  it('one meeting at a time, one guard for ever, under both names', async () => {
    const { installPeerGuard } = await import('./peer-guard.ts');
    const Guarded = scope.RTCPeerConnection;
    expect(installPeerGuard()).toBe(guard);
    expect(scope.RTCPeerConnection).toBe(Guarded);
    expect(scope.webkitRTCPeerConnection).toBe(Guarded);
    guard.use(use);
    expect(() => guard.use(use)).toThrow('guard-busy');
  });

  it('A-32 refuses to install where an engine has no transforms', async () => {
    vi.resetModules();
    vi.stubGlobal('RTCRtpScriptTransform', undefined);
    const { installPeerGuard } = await import('./peer-guard.ts');
    expect(() => installPeerGuard()).toThrow('transform-missing');
  });

  it('A-32 both ends get a transform in the task that makes them, and keep it', () => {
    guard.use(use);
    const camera = track('video');
    guard.markSource(camera, 'camera');
    const connection = make();
    const made = connection.addTransceiver(camera, { direction: 'sendonly' });
    expect(optionsOf(made.sender)).toMatchObject({
      kind: 'bind',
      side: 'send',
      trackKind: 'video',
      source: 'camera',
    });
    expect(optionsOf(made.receiver)).toMatchObject({ side: 'receive', trackKind: 'video' });
    expect(optionsOf(made.receiver)).not.toHaveProperty('source');
    expect(guard.slotOf(made.sender as never)).not.toBe(guard.slotOf(made.receiver as never));
    for (const end of [made.sender, made.receiver]) {
      expect(() => {
        end.transform = null;
      }).toThrow('transform-refused');
      expect(end.transform).toBeInstanceOf(FakeTransform);
    }
  });

  it('A-32 addTrack and tracks of the other side are attached as well, once each', () => {
    guard.use(use);
    const connection = make();
    const sender = connection.addTrack(track('audio'));
    expect(optionsOf(sender)).toMatchObject({ side: 'send', trackKind: 'audio' });
    const theirs = new FakeTransceiver('audio');
    connection.dispatchEvent(event('track', { transceiver: theirs }));
    const first = optionsOf(theirs.receiver);
    connection.dispatchEvent(event('track', { transceiver: theirs }));
    expect(optionsOf(theirs.receiver)).toBe(first);
    expect(optionsOf(theirs.sender)).not.toHaveProperty('source');
  });

  it('refuses connections that send and receive on one line', () => {
    guard.use(use);
    const connection = make();
    for (const init of [undefined, {}, { direction: 'sendrecv' }]) {
      expect(() => Reflect.apply(connection.addTransceiver, connection, ['video', init])).toThrow(
        'sendrecv-refused',
      );
    }
    expect(connection.transceivers).toEqual([]);
    expect(notices).toEqual(['sendrecv-refused', 'sendrecv-refused', 'sendrecv-refused']);
  });

  it('A-80 ICE asks our own hosts only, at the start and later', () => {
    guard.use(use);
    const own = { urls: 'stun:meet.example:3478' };
    const turn = { urls: ['turn:meet.example:3478?transport=udp'], username: 'a', credential: 'b' };
    const foreign = [
      { urls: 'stun:stun.elsewhere.example:3478' },
      { urls: ['stun:meet.example:3478', 'turn:elsewhere.example:3478'] },
      { urls: 'stun:meet.example' },
      { urls: 'stun:meet.example:3478.elsewhere.example' },
      { urls: 'https://meet.example:3478' },
    ];
    const connection = make({ iceServers: [own, turn, ...foreign] });
    expect(connection.configuration).toMatchObject({ iceServers: [own, turn] });
    expect(notices).toEqual(['foreign-ice']);
    connection.setConfiguration({ iceServers: [foreign[0]] });
    expect(connection.configuration).toMatchObject({ iceServers: [] });
    expect(make().configuration).toMatchObject({ iceServers: [] });
  });

  it('A-41 data channels exist, say nothing and tell nobody', () => {
    guard.use(use);
    const connection = make();
    const own = connection.createDataChannel();
    const heard = vi.fn();
    own.addEventListener('message', heard);
    own.dispatchEvent(event('message', { data: 'canary' }));
    expect(() => own.send('canary')).toThrow('data-refused');
    expect(own.sent).toEqual([]);
    connection.addEventListener('datachannel', heard);
    const theirs = new FakeChannel();
    connection.dispatchEvent(event('datachannel', { channel: theirs }));
    theirs.addEventListener('message', heard);
    theirs.dispatchEvent(event('message', { data: 'canary' }));
    expect(heard).not.toHaveBeenCalled();
    expect(notices).toEqual(['data-received', 'data-sent', 'data-received']);
  });

  it('Chromium is asked to hold frames until a transform is there', () => {
    guard.use(use);
    expect(make().configuration).not.toHaveProperty('encodedInsertableStreams');
    Object.defineProperty(FakeSender.prototype, 'createEncodedStreams', {
      value: () => undefined,
      configurable: true,
    });
    expect(make().configuration).toHaveProperty('encodedInsertableStreams', true);
    Reflect.deleteProperty(FakeSender.prototype, 'createEncodedStreams');
  });

  const media = (fingerprint: string, type: number, codec: string) =>
    [
      'v=0',
      `a=fingerprint:sha-256 ${fingerprint}`,
      `m=video 9 X ${type}`,
      `a=rtpmap:${type} ${codec}/90000`,
      '',
    ].join('\r\n');

  it('A-40 SEC-4 an answer with another codec reaches the engine turned down, and it is told', async () => {
    guard.use(use);
    const connection = make();
    connection.localDescription = { type: 'offer', sdp: media('AA', 96, 'VP8') };
    await connection.setRemoteDescription({ type: 'answer', sdp: media('BB', 98, 'H264') });
    expect(connection.described[0]?.sdp).toContain('m=video 0 ');
    expect(notices).toEqual(['video-refused']);
    const good = { type: 'answer', sdp: media('BB', 96, 'VP8') } as const;
    await connection.setRemoteDescription(good);
    expect(connection.described[1]).toEqual(good);
    const long = { type: 'answer', sdp: 'x'.repeat(600_000) } as const;
    await expect(connection.setRemoteDescription(long)).rejects.toThrow('codec-refused');
  });

  it('SEC-15 another certificate in the middle closes the connection; a new one begins anew', async () => {
    guard.use(use);
    const connection = make();
    const first = { type: 'offer', sdp: media('AA', 96, 'VP8') } as const;
    const other = { type: 'offer', sdp: media('BB', 96, 'VP8') } as const;
    await connection.setRemoteDescription(first);
    await connection.setRemoteDescription({ type: 'rollback' });
    await connection.setRemoteDescription(first);
    expect(connection.closed).toBe(false);
    await expect(connection.setRemoteDescription(other)).rejects.toThrow('fingerprint-changed');
    expect(connection.closed).toBe(true);
    expect(connection.described).not.toContain(other);
    expect(notices).toEqual(['fingerprint-changed']);
    await make().setRemoteDescription(other);
  });
});
