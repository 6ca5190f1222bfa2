// English: each way in which a meeting cannot begin or is over. What happened, what was deleted or
// never sent, what to do next. Texts only.
export const endTexts = {
  'end.again': 'Try again',
  'end.knockAgain': 'Knock again',
  'end.rejoin': 'Come back in',
  'end.continueHere': 'Continue here instead',
  'end.start': 'To the start page',
  'end.reload': 'Load the page again',
  'end.report': 'Save a report',

  'cannot.browser.title': 'This browser cannot keep a meeting private',
  'cannot.browser.what': 'The app seals everything on your device, and for that it lacks:',
  'cannot.browser.kept': 'Nothing was sent, and your camera and microphone were never on.',
  'cannot.browser.next':
    'Open your link in a current Chrome, Edge or Firefox. In Safari the app should work and is not tested.',
  'lack.secure-origin': 'a secure address, one that begins with https',
  'lack.web-crypto': 'the browser’s own encryption',
  'lack.ed25519': 'signatures of the kind the meeting uses (Ed25519)',
  'lack.wasm': 'WebAssembly, which runs the key exchange',
  'lack.workers': 'workers, which keep the keys apart from the page',
  'lack.encoded-transform': 'a way to seal sound and picture before they leave (encoded transform)',
  'lack.web-rtc': 'WebRTC, which carries sound and picture',
  'lack.media-devices': 'access to camera and microphone',

  'cannot.link-incomplete.title': 'Part of the link is missing',
  'cannot.link-incomplete.what':
    'The part after # is the key to the meeting, and it did not arrive. Some mail and chat programs cut it off.',
  'cannot.link-incomplete.kept': 'Nothing was sent.',
  'cannot.link-incomplete.next':
    'Open the whole link again, or ask the host to send it another way.',

  'cannot.over-or-incomplete.title': 'This meeting is over, or the link is incomplete',
  'cannot.over-or-incomplete.what':
    'Your link opens nothing on this server. The server gives the same answer for meetings that are over and for those that never were, so that nobody can find out which exist.',
  'cannot.over-or-incomplete.kept': 'Your name was not sent.',
  'cannot.over-or-incomplete.next':
    'Check that you copied the whole link. If you did, ask the host for a new one.',

  'cannot.link-altered.title': 'This link does not fit the meeting',
  'cannot.link-altered.what':
    'Either the link was changed on its way to you, or the server answered with something else than the meeting you were invited to.',
  'cannot.link-altered.kept': 'The app stopped there. Nothing of yours was sent.',
  'cannot.link-altered.next':
    'Ask the person who invited you to send the link again, another way. If this happens again, do not use this server.',

  'cannot.refused.title': 'The host did not let you in this time',
  'cannot.refused.what': 'The host saw your name and chose “Not now”.',
  'cannot.refused.kept':
    'You were told nothing about the meeting, and your knock has been deleted.',
  'cannot.refused.next': 'Ask the host another way, or knock again later.',

  'cannot.locked.title': 'The meeting is locked',
  'cannot.locked.what': 'The host lets nobody else in at the moment.',
  'cannot.locked.kept': 'You were told nothing about the meeting, and your knock has been deleted.',
  'cannot.locked.next': 'Ask the host another way, or knock again later.',

  'cannot.server-unreachable.title': 'The server does not answer',
  'cannot.server-unreachable.what':
    'Your connection may be down, or the server may be off or restarting.',
  'cannot.server-unreachable.kept': 'Nothing of yours was sent.',
  'cannot.server-unreachable.next': 'Check your connection, then try again.',

  'cannot.server-full.title': 'The server is full',
  'cannot.server-full.what': 'It takes nobody else in at the moment.',
  'cannot.server-full.kept': 'Your knock was not kept.',
  'cannot.server-full.next': 'Try again in a few minutes. If it stays so, tell the host.',

  'cannot.server-behind.title': 'The server went back in time',
  'cannot.server-behind.what':
    'It offers an older state of this meeting than this device has seen. It may have been restored from a backup, or someone may be tampering with it.',
  'cannot.server-behind.kept': 'The app stopped there, and nothing more of yours was sent.',
  'cannot.server-behind.next':
    'Wait for the host to open the meeting again, then try again. Tell the host what you read here.',

  'cannot.crashed.title': 'The app stopped by itself',
  'cannot.crashed.what':
    'Something in it broke, so it ended everything rather than go on half-working.',
  'cannot.crashed.kept': 'Your camera and microphone are off, and nothing more is sent.',
  'cannot.crashed.next': 'Load the page again. If it happens again, use another browser.',

  'left.title': 'You have left',
  'left.kept':
    'Your camera and microphone are off. The keys and the chat are gone from this device.',
  'left.next': 'To come back, open your link again and knock.',

  'ended.title': 'The meeting has ended',
  'ended.kept':
    'The server has deleted everything it held of it. The keys and the chat are gone from this device, and your camera and microphone are off.',
  'ended.next': 'There is nothing left to do. You can close this page.',

  'removed.title': 'A host has ended your part in the meeting',
  'removed.kept':
    'Your camera and microphone are off. The keys and the chat are gone from this device, and nothing said since can be read with what it had.',
  'removed.next': 'If you think this was a mistake, ask the host another way.',

  'elsewhere.title': 'You went on in another tab or window',
  'elsewhere.kept':
    'This one has stopped: its camera and microphone are off, and it has no keys any more.',
  'elsewhere.next':
    'Go on in the other one. If you did not open another, continue here and tell the others.',

  'hostMustComeBack.title': 'The host must come back',
  'hostMustComeBack.kept':
    'Everyone lost the keys of this meeting at the same time, and only the host can make new ones. Nothing of yours is sent.',
  'hostMustComeBack.next':
    'Keep this page open: you come in again when the host is back. You could also tell the host another way.',
} as const;
