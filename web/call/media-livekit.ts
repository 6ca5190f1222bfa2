// Loads livekit-client, never before the peer guard stands, and puts its words into ours.
import type { Track } from 'livekit-client';
import { SOURCES, type Source } from '../worker/frames-messages.ts';
import { installPeerGuard } from './peer-guard.ts';

export type LiveKit = typeof import('livekit-client');

let loading: Promise<LiveKit> | null = null;

export async function loadLiveKit(): Promise<LiveKit> {
  // Throws where transforms are missing: then nothing is loaded at all.
  installPeerGuard();
  loading ??= import('livekit-client').then((livekit) => {
    // It would print addresses and tickets to the console (media.md section 3).
    livekit.setLogLevel(livekit.LogLevel.silent);
    return livekit;
  });
  return loading;
}

const THEIR_NAMES: Readonly<Record<Source, `${Track.Source}`>> = {
  microphone: 'microphone',
  camera: 'camera',
  screen: 'screen_share',
  'screen-audio': 'screen_share_audio',
};

export function theirSource(source: Source, livekit: LiveKit): Track.Source {
  const name = THEIR_NAMES[source];
  const found = Object.values(livekit.Track.Source).find((one) => one === name);
  return found ?? livekit.Track.Source.Unknown;
}

/** Null for what is no source of ours: such a track is not shown. */
export function ourSource(name: string): Source | null {
  return SOURCES.find((source) => THEIR_NAMES[source] === name) ?? null;
}
