// What a person can do in a call, as calls to the vault and the media. Caps what is typed before it travels.
import { LIMITS } from '@in-camera/protocol/limits.ts';
import type { VaultIntent, VaultRequest, VaultView } from '../worker/vault-messages.ts';
import type { CallMedia } from './call-media.ts';
import { dismiss, type MeetingLog, ownChat, resendChat } from './meeting-log.ts';
import type { CallActions, CallState } from './model.ts';
import { writeReport } from './report.ts';

const cut = (text: string, limit: number): string =>
  [...text].slice(0, limit).join('').slice(0, limit);

/** What of a call the actions work on. */
export type Acting = {
  readonly media: CallMedia;
  log: MeetingLog;
  readonly view: VaultView | undefined;
  readonly verified: Set<string>;
  name: string;
  readonly words: Map<number, (words: readonly string[]) => void>;
  state(): CallState;
  publish(): void;
  restart(): void;
  prepare(): void;
  takeOver(): void;
  go(
    stage:
      | { readonly kind: 'lobby'; readonly host: boolean }
      | { readonly kind: 'entering'; readonly rejoining: boolean; readonly sinceMs: number }
      | { readonly kind: 'left' },
  ): void;
  vault(request: VaultRequest): void;
  intent(intent: VaultIntent): void;
};

let nextRef = 1;

export function makeActions(call: Acting): CallActions {
  const { media } = call;
  return {
    setName: (name) => {
      call.name = cut(name, LIMITS.nameCharacters);
      call.publish();
    },
    turnMicrophone: (on) => media.turnMicrophone(on),
    turnCamera: (on) => media.turnCamera(on),
    shareScreen: (on) => media.shareScreen(on),
    saveData: (on) => media.saveData(on),
    chooseDevice: (kind, id) => media.chooseDevice(kind, id),
    knock: () => {
      call.prepare();
      call.vault({ kind: 'knock', name: call.name.trim() });
    },
    stopWaiting: () => {
      call.vault({ kind: 'stop-waiting' });
      call.go({ kind: 'lobby', host: false });
    },
    enter: () => {
      call.prepare();
      call.go({ kind: 'entering', rejoining: false, sinceMs: Date.now() });
      call.vault({ kind: 'enter', name: call.name.trim() });
    },
    leave: () => {
      media.disconnect();
      call.intent({ kind: 'leave' });
      call.go({ kind: 'left' });
    },
    endForAll: () => call.intent({ kind: 'end' }),
    admit: (knocks) => call.intent({ kind: 'admit', knocks: [...knocks] }),
    refuse: (knocks) => call.intent({ kind: 'refuse', knocks: [...knocks] }),
    remove: (person) => call.intent({ kind: 'remove', person }),
    askToMute: (person) => call.intent({ kind: 'ask-to-mute', person }),
    lock: (locked) => {
      const policy = call.view?.policy;
      if (policy) call.intent({ kind: 'policy', policy: { ...policy, locked } });
    },
    raiseHand: (hand) => call.intent({ kind: 'state', hand }),
    rename: (name) => {
      call.name = cut(name, LIMITS.nameCharacters);
      call.intent({ kind: 'state', name: call.name.trim() });
    },
    ...chatActions(call),
    markVerified: (person, verified) => {
      if (verified) call.verified.add(person);
      else call.verified.delete(person);
      call.publish();
    },
    safetyWords: () =>
      new Promise((resolve) => {
        const ref = nextRef++;
        call.words.set(ref, resolve);
        call.vault({ kind: 'safety-words', ref });
      }),
    dismissNotice: (id) => {
      call.log = dismiss(call.log, id);
      call.publish();
    },
    turnSoundOn: () => media.turnSoundOn(),
    rejoin: () => {
      const state = call.state();
      // A vault that lost its state has nothing to rejoin with: both workers start anew.
      const died = call.log.alarms.some((alarm) => alarm.code === 'worker-died');
      call.log = { ...call.log, alarms: [] };
      if (state.kind === 'elsewhere') call.takeOver();
      else if (died) call.restart();
      else call.intent({ kind: 'rejoin' });
    },
    report: () => writeReport(call.log.alarms),
  };
}

type ChatActions = Pick<CallActions, 'sendChat' | 'retryChat'>;

function chatActions(call: Acting): ChatActions {
  const send = (id: string, text: string): void => call.intent({ kind: 'chat', id, text });
  return {
    sendChat: (typed) => {
      const text = cut(typed.trim(), LIMITS.chatCharacters);
      const you = call.view?.people.find((person) => person.you)?.person;
      if (text === '' || you === undefined) return;
      const id = `c${nextRef++}`;
      call.log = ownChat(call.log, id, you, text, Date.now());
      send(id, text);
      call.publish();
    },
    retryChat: (id) => {
      const item = call.log.chat.find((one) => one.kind === 'text' && one.id === id);
      if (item?.kind !== 'text') return;
      call.log = resendChat(call.log, id);
      send(id, item.text);
      call.publish();
    },
  };
}
