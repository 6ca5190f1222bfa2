// English: lobby, waiting, coming in, devices. Texts only.
export const lobbyTexts = {
  'lobby.title': 'Come in?',
  'lobby.title.host': 'Open your meeting',
  'lobby.lead':
    'Whoever sent you this link decides who comes in. You see who is there once you are let in.',
  'lobby.lead.host': 'People who have your link knock. Nobody comes in unless you admit them.',
  'lobby.name': 'Your name',
  'lobby.name.hint': 'As the others will see it.',
  'lobby.name.missing': 'Write your name first, so that the host knows who knocks.',
  'lobby.name.missing.host': 'Write your name first, so that the others know you.',
  'lobby.name.remember': 'Remember my name on this device',
  'lobby.knock': 'Knock',
  'lobby.enter': 'Open the meeting',
  'lobby.unseen': 'You cannot be seen or heard',
  'lobby.unseen.hint': 'Turn them on when you like. Only you will see the preview.',
  'lobby.heard': 'Your microphone is on, here only',
  'lobby.heard.hint': 'Nobody hears you before you are in the meeting.',
  'lobby.preview': 'Your picture, only on this screen',
  'lobby.preview.label': 'Preview of your camera',
  'lobby.camera.starting': 'Your camera is starting…',
  'lobby.level': 'Loudness of your microphone',
  'lobby.level.hint': 'Say something: the bar should move.',
  'lobby.notice':
    'Only the people in the meeting can see, hear and read what you share: not this server, and not whoever runs it. The server sees that someone is here, from which network address, when, and how much is sent; it forgets this when the meeting ends. Your name goes to the host, and to the others once you are in. Someone could still film their screen. <more>What it knows, exactly</more>',
  'lobby.notice.title': 'Before you come in',

  'device.microphone': 'Microphone',
  'device.camera': 'Camera',
  'device.speaker': 'Speaker',
  'device.on': 'On',
  'device.off': 'Off',
  'device.starting': 'Starting',
  'device.failed': 'Not working',
  'device.choose': 'Choose devices',
  'device.none': 'None found yet',
  'device.unnamed': '{kind} {number}',
  'device.names': 'Browsers show the names once a device has been turned on.',
  'device.usual': 'As this device has it',
  'device.fail.microphone.denied':
    'The browser does not allow the microphone here. Allow it beside the address, then turn it on again.',
  'device.fail.microphone.missing': 'No microphone was found. Plug one in, then turn it on again.',
  'device.fail.microphone.busy':
    'Another program is using your microphone. Close it there, then turn it on again.',
  'device.fail.microphone.unplugged':
    'Your microphone was unplugged, so nobody hears you. Plug it in or choose another.',
  'device.fail.microphone.failed':
    'Your microphone did not start. Turn it on again, or choose another.',
  'device.fail.microphone.refused':
    'The server asked for your sound in a form that cannot be sealed, so it was not sent. Tell whoever runs this server.',
  'device.fail.camera.denied':
    'The browser does not allow the camera here. Allow it beside the address, then turn it on again.',
  'device.fail.camera.missing': 'No camera was found. Plug one in, then turn it on again.',
  'device.fail.camera.busy':
    'Another program is using your camera. Close it there, then turn it on again.',
  'device.fail.camera.unplugged':
    'Your camera was unplugged, so nobody sees you. Plug it in or choose another.',
  'device.fail.camera.failed': 'Your camera did not start. Turn it on again, or choose another.',
  'device.fail.camera.refused':
    'The server asked for your picture in a form that cannot be sealed, so it was not sent. Tell whoever runs this server.',
  'device.fail.screen.denied':
    'Nothing is shared: no window was chosen, or the browser did not allow it.',
  'device.fail.screen.missing': 'This browser cannot share a screen.',
  'device.fail.screen.busy': 'This window cannot be shared at the moment. Choose another.',
  'device.fail.screen.unplugged': 'Sharing ended: the window was closed.',
  'device.fail.screen.failed': 'Sharing did not start. Try again, or choose another window.',
  'device.fail.screen.refused':
    'The server asked for your screen in a form that cannot be sealed, so it was not sent. Tell whoever runs this server.',

  'waiting.title.sending': 'Knocking…',
  'waiting.title.told': 'The host has been told',
  'waiting.title.no-answer': 'No answer yet',
  'waiting.lead.sending': 'Your name goes to the host, sealed so that only the host can read it.',
  'waiting.lead.told': 'Stay here: this page goes on by itself when you are let in.',
  'waiting.lead.no-answer':
    'The host may be away, or the link may be old. This page keeps knocking; you could also ask the host another way.',
  'waiting.promise':
    'Nothing about the meeting is shown to you, and nothing of yours is sent, until you are let in.',
  'waiting.minutes':
    '{minutes, plural, =0 {Waiting for less than a minute} one {Waiting for # minute} other {Waiting for # minutes}}',
  'waiting.as': 'You knocked as {name}.',
  'waiting.change': 'Change name or devices',
  'waiting.name.apply': 'Knock with this name',
  'waiting.leave': 'Leave',
  'waiting.door': 'A closed door',

  'entering.title': 'You are let in',
  'entering.title.rejoining': 'Coming back in',
  'entering.lead': 'Checking who is in the room. Nothing of yours is sent before that is done.',
  'entering.lead.rejoining': 'Getting fresh keys and checking who is in the room.',
  'entering.hostAway':
    'No host is there at the moment. You come in as soon as one is back; this page goes on by itself.',
  'entering.opening': 'Opening the link…',
} as const;
