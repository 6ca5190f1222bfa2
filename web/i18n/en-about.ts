// English: the plain explanation of what is sealed and what the server knows. Texts only.
export const aboutTexts = {
  'about.title': 'What the server knows',
  'about.lead':
    'In Camera seals a meeting on the devices of the people in it. This page says, in plain words, what is left for the server to see.',

  'about.sealed.title': 'What nobody but the people in the meeting can read',
  'about.sealed.media': 'Sound, camera pictures and shared screens',
  'about.sealed.chat': 'The chat, raised hands, and who is muted',
  'about.sealed.names': 'Your name, and who is in the meeting',
  'about.sealed.keys':
    'The keys: they are made on your devices and change whenever someone comes or goes',
  'about.sealed.how':
    'There is no setting that turns this off, for anyone. A host’s device signs for each person who is let in, and every other device checks that signature. So the server cannot add anyone unseen.',

  'about.sees.title': 'What the server does see',
  'about.sees.what': 'What',
  'about.sees.why': 'Why',
  'about.sees.until': 'Until when',
  'about.sees.address': 'The network address of each device',
  'about.sees.address.why': 'to answer it, and to slow down floods of requests',
  'about.sees.address.until': 'while it is connected',
  'about.sees.times': 'When someone comes, leaves and sends, and how much',
  'about.sees.times.why': 'it carries what is sent',
  'about.sees.times.until': 'while the meeting lasts',
  'about.sees.ids': 'Random numbers for the meeting and each person in it',
  'about.sees.ids.why': 'to know where to pass things on',
  'about.sees.ids.until': 'until the meeting ends; unused meetings for one day',
  'about.sees.sealed': 'Sealed messages it cannot read',
  'about.sees.sealed.why': 'so that a person with a bad connection misses nothing',
  'about.sees.sealed.until': 'a few minutes; at the latest until the meeting ends',
  'about.sees.who':
    'Besides you, the person who runs the server could see this. Nobody else is involved: no advertising, no statistics, no other company.',

  'about.device.title': 'What your own device keeps',
  'about.device.meeting':
    'What it needs to come back in after a reload, locked with a key that cannot be copied out of the browser, until the meeting ends.',
  'about.device.name': 'Your name, only if you ask for it.',
  'about.device.history':
    'The key in the link is taken out of the address bar at once. Your browser’s own history keeps the whole link all the same: if others use this device, open links in a private window or clear the history.',

  'about.limits.title': 'What no app can promise',
  'about.limits.film': 'People in the meeting can film or record their own screen.',
  'about.limits.app':
    'Your browser gets this app from the server. A server that wants to cheat could send a changed app, so use one that you or someone you trust runs.',
  'about.limits.link': 'Whoever has the link can knock under any name. Look before you admit.',
  'about.limits.audit': 'The app’s own code has not been checked by outside experts yet.',

  'about.back': 'Back',
} as const;
