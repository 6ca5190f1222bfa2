// English: start, link ready, the frame around pages. Texts only.
export const startTexts = {
  'app.name': 'In Camera',
  'app.loading': 'One moment…',
  'app.loadFailed.title': 'A part of this page did not arrive',
  'app.loadFailed.next': 'Check your connection, then load the page again.',
  'app.reload': 'Load the page again',
  'app.home': 'In Camera, start page',
  'app.noAccount': 'No account needed',
  'app.privacy': 'What the server knows',
  'app.notFound.title': 'There is no page here',
  'app.notFound.what':
    'If you followed a meeting link, part of it is missing. Copy the whole link and open it again.',
  'app.notFound.next': 'To the start page',
  'room.nameless': 'Name not known yet',
  'panel.close': 'Close',
  'dialog.close': 'Close',

  'start.title': 'Meet behind a closed door',
  'start.lead': 'A video meeting that only the people in it can see, hear and read.',
  'start.button': 'Start a meeting',
  'start.making': 'Making your meeting…',
  'start.guest': 'Were you invited? Open the link you were sent: you need nothing else.',
  'start.token.lead':
    'To start a meeting on this server, open the whole address that it printed when it started, or paste its set-up token here.',
  'start.token.label': 'Set-up token',
  'start.token.use': 'Use this token',
  'start.failed.no-token':
    'The set-up token is missing. Open the whole address that the server printed when it started, with the part after #.',
  'start.failed.wrong-token':
    'The server does not know this set-up token. It makes a new one each time it starts: open the address it printed last.',
  'start.failed.browser':
    'No meeting was made: this browser cannot keep one private. Use a current Chrome, Edge or Firefox. This one lacks:',
  'start.failed.unreachable':
    'The server did not answer, so no meeting was made. Check your connection and try again.',
  'start.failed.too-many':
    'Too many meetings were started in a short time. Wait a minute, then try again.',
  'start.failed.internal':
    'Something went wrong on the server and no meeting was made. Try again; if it happens twice, tell the person who runs the server.',
  'start.media.absent':
    'This server has no media part yet: people can meet and write, but not see or hear each other.',
  'start.media.building':
    'The server is still building its media part. You can start now; picture and sound follow in a few minutes.',
  'start.media.starting': 'The server’s media part is starting. Picture and sound follow shortly.',
  'start.media.failed':
    'The server’s media part does not start: people can meet and write, but not see or hear each other. Tell the person who runs the server.',
  'start.media.unreachable': 'The server does not answer at the moment.',

  'link.title': 'Your meeting is ready',
  'link.lead': 'Send this link to the people you invite, and to nobody else.',
  'link.label': 'Meeting link',
  'link.copy': 'Copy the link',
  'link.copied': 'Copied',
  'link.copyFailed': 'This browser does not let a page copy. Select the link and copy it yourself.',
  'link.fragment':
    'The part after # is the key to the meeting. It never reaches this server: browsers do not send it.',
  'link.qr': 'Show a code to scan',
  'link.qr.label': 'The meeting link as a code to scan',
  'link.qr.hint': 'Point the camera of a phone at it. Nobody else should be able to see it.',
  'link.invitation': 'Write an invitation',
  'link.invitation.label': 'Invitation',
  'link.invitation.copy': 'Copy the invitation',
  'link.invitation.hint': 'Written here in your browser. Send it in a way you trust.',
  'link.invitation.text':
    'Hello,\n\nthis is the link to our meeting:\n{link}\n\nOpen it in a current browser and knock; I will let you in. You need no account. Nobody but the people in the meeting can see or hear it.\n\nPlease do not pass the link on.',
  'link.open': 'Open the meeting',
  'link.open.hint': 'People knock, and you decide who comes in.',
} as const;
