// English: alarms, each in three parts: what happened, what the app did, what to do. Texts only.
// Every `what` may name {time}, {who} and {by}.
export const alarmTexts = {
  'alarm.leave': 'Leave the meeting',
  'alarm.report': 'Save a report',
  'alarm.rejoin': 'Connect anew',
  'alarm.stay': 'Stay, sending nothing',
  'alarm.ok': 'Go on',
  'alarm.report.file': 'in-camera-report.txt',
  'alarm.stopped': 'Your microphone and camera have been stopped.',
  'alarm.refused': 'Your app refused it, and the meeting goes on.',
  'alarm.part.what': 'What happened',
  'alarm.part.did': 'What your app did',
  'alarm.part.next': 'What you can do',

  'alarm.ghost.title': 'Someone was added without a host',
  'alarm.ghost.what':
    'At {time} {by} tried to put {who} into this meeting, whom no host had admitted.',
  'alarm.ghost.did': 'They got no key: nothing you sent can be read by them.',
  'alarm.ghost.next':
    'This does not happen by accident. Leave, tell the others another way, and start a new meeting. Do not rely on this server until someone has found out why.',

  'alarm.bad-member.title': 'Someone here was not let in by a host',
  'alarm.bad-member.what':
    'At {time} your app found {who} among the people who hold the keys, without a host’s admission.',
  'alarm.bad-member.did': 'It stopped, so that nothing more can be read by them.',
  'alarm.bad-member.next':
    'Leave, tell the others another way, and start a new meeting. What was said before may have been heard.',

  'alarm.role-breach.title': 'Someone did what only a host may do',
  'alarm.role-breach.what':
    'At {time} {by} tried to change the meeting in a way their role does not allow.',
  'alarm.role-breach.did': 'The change does not count on your device.',
  'alarm.role-breach.next': 'Ask {by} what happened. The host can remove people who do this.',

  'alarm.commit-garbage.title': 'A change to the meeting could not be read',
  'alarm.commit-garbage.what': 'At {time} something arrived from {by} that nobody can read.',
  'alarm.commit-garbage.did': 'It was left out.',
  'alarm.commit-garbage.next': 'If it happens again, start a new meeting.',

  'alarm.fork.title': 'The others see a different meeting',
  'alarm.fork.what':
    'At {time} your app noticed that {who} and you no longer share the same meeting. The server may have split it.',
  'alarm.fork.did': 'Nothing more is sent into either half.',
  'alarm.fork.next':
    'Connect anew. If it comes back, leave, tell the others another way, and use another server.',

  'alarm.behind.title': 'You were cut off from the others',
  'alarm.behind.what':
    'At {time} {who} had moved on to newer keys, and the server had not told you.',
  'alarm.behind.did': 'Nothing more is sent with the old keys.',
  'alarm.behind.next': 'Connect anew. If it happens again, tell the host another way.',

  'alarm.server-behind.title': 'The server went back in time',
  'alarm.server-behind.what':
    'At {time} the server showed an older state of this meeting than your device had already seen.',
  'alarm.server-behind.did': 'Nothing more is sent into the old state.',
  'alarm.server-behind.next':
    'The host can open the meeting again. If nobody knows of a restored backup, do not rely on this server.',

  'alarm.media-surplus.title': 'Someone is listening in without being in the meeting',
  'alarm.media-surplus.what':
    'From {time} on, {who} was connected to the media server without being one of the people here.',
  'alarm.media-surplus.did': 'They hold no key, so what they got is noise to them.',
  'alarm.media-surplus.next':
    'Leave, tell the others another way, and start a new meeting. Tell the person who runs this server.',

  'alarm.plaintext.title': 'A seal did not hold on this device',
  'alarm.plaintext.what':
    'At {time} your app could not prove that all sound and picture was sealed before it left.',
  'alarm.plaintext.did': 'It ended the connection for sound and picture.',
  'alarm.plaintext.next':
    'Connect anew. If it happens again, use another browser: with this one the server might hear a moment.',

  'alarm.foreign-frames.title': 'A picture or sound came from the wrong person',
  'alarm.foreign-frames.what':
    'At {time} what arrived as {who} had been sealed by someone else, or for something else.',
  'alarm.foreign-frames.did': 'It was not shown and not played.',
  'alarm.foreign-frames.next':
    'Ask {who} whether they are sending. If it goes on, leave and meet on another server.',

  'alarm.worker-died.title': 'The part that keeps your keys has stopped',
  'alarm.worker-died.what': 'At {time} the browser ended it, perhaps for lack of memory.',
  'alarm.worker-died.did':
    'Without it nothing can be sealed, so nothing was sent. It was started anew, to come back in with fresh keys.',
  'alarm.worker-died.next':
    'If you are not back in a moment, connect anew. If it happens again, close other tabs or use another device.',

  'alarm.void-failed.title': 'A bad change could not be undone here',
  'alarm.void-failed.what':
    'At {time} the host took back a change by {by}, and your device could not follow.',
  'alarm.void-failed.did': 'It stopped rather than go on in a state that may be wrong.',
  'alarm.void-failed.next': 'Connect anew: you come back in with fresh keys.',
} as const;
