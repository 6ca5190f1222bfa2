// The media part of a call in one place, loaded when the person knocks.
export { loadLiveKit } from './media-livekit.ts';
export { MediaRoom } from './media-room.ts';
export { MediaWatch } from './media-watch.ts';
