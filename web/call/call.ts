// One person's way through one meeting: joins vault, media and what a screen may know. No React, no keys.
import { MeetingId } from '@in-camera/protocol/ids.ts';
import type { VaultIntent, VaultReport, VaultView } from '../worker/vault-messages.ts';
import { makeActions } from './call-actions.ts';
import { CallMedia } from './call-media.ts';
import { lacks } from './capability.ts';
import { nameOf, toMeetingView } from './meeting-facts.ts';
import {
  EMPTY_LOG,
  knownName,
  type MeetingLog,
  noteRoster,
  takeAlarm,
  takeEvent,
} from './meeting-log.ts';
import type { Call, CallState, CannotReason, LobbyView } from './model.ts';
import { CallWorkers } from './workers.ts';

const RETRY_TICKET_MS = 1500;
const REFRESH_MS = 1000;
/** Workers that die again and again are not started for ever. */
const RESTARTS = 3;
const RESTARTS_PER_MS = 60_000;

type Stage =
  | { readonly kind: 'opening' }
  | { readonly kind: 'cannot'; readonly reason: CannotReason }
  | { readonly kind: 'lobby'; readonly host: boolean }
  | {
      readonly kind: 'waiting';
      readonly sinceMs: number;
      readonly told: 'sending' | 'told' | 'no-answer';
    }
  | { readonly kind: 'entering'; readonly rejoining: boolean; readonly sinceMs: number }
  | { readonly kind: 'meeting' }
  | { readonly kind: 'elsewhere' | 'host-must-come-back' | 'left' | 'removed' | 'ended' };

export class CallCore implements Call {
  readonly actions: Call['actions'];
  readonly media: CallMedia;
  log: MeetingLog = EMPTY_LOG;
  view: VaultView | undefined;
  readonly verified = new Set<string>();
  name = '';
  readonly words = new Map<number, (words: readonly string[]) => void>();
  #stage: Stage = { kind: 'opening' };
  #state: CallState = { kind: 'opening' };
  readonly #listeners = new Set<() => void>();
  readonly #meetingId: string;
  #fragment: string | undefined;
  #link: string | undefined;
  #workers: CallWorkers | undefined;
  #steals = false;
  #restarts: readonly number[] = [];
  #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #refresh: ReturnType<typeof setInterval>;

  constructor(meetingId: string, fragment: string | undefined) {
    this.#meetingId = meetingId;
    this.#fragment = fragment;
    this.media = new CallMedia({
      changed: () => this.publish(),
      participants: (identities) =>
        this.vault({ kind: 'participants', identities: [...identities] }),
      broken: () => this.vault({ kind: 'stop', alarm: 'worker-died' }),
      plaintext: () => {
        // Not only the keys: what leaves without them is cut off from the network.
        this.media.stopAll();
        this.media.disconnect();
        this.vault({ kind: 'stop', alarm: 'plaintext' });
      },
      lost: () => this.intent({ kind: 'ticket' }),
      microphone: (on) => this.intent({ kind: 'state', microphone: on }),
    });
    this.actions = makeActions(this);
    // "No picture since" and "host silent since" change with time alone.
    this.#refresh = setInterval(() => {
      if (this.#stage.kind === 'meeting' || this.#stage.kind === 'entering') this.publish();
    }, REFRESH_MS);
    void this.#begin();
  }

  state(): CallState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#refresh);
    for (const timer of this.#timers) clearTimeout(timer);
    this.media.close();
    this.#workers?.end();
    this.#listeners.clear();
  }

  vault(request: Parameters<CallWorkers['vault']>[0]): void {
    this.#workers?.vault(request);
  }

  intent(intent: VaultIntent): void {
    this.vault({ kind: 'intent', intent });
  }

  go(stage: Stage): void {
    this.#stage = stage;
    if (
      stage.kind !== 'meeting' &&
      stage.kind !== 'entering' &&
      stage.kind !== 'lobby' &&
      stage.kind !== 'waiting'
    ) {
      this.media.stopAll();
    }
    this.publish();
  }

  /** Starts both workers, again after one died: a new leaf with new counters. */
  restart(): void {
    this.#workers?.end();
    this.media.disconnect();
    const workers = new CallWorkers({
      vault: (report) => this.#hear(report),
      died: () => this.#died(),
    });
    this.#workers = workers;
  }

  /** Goes on here and no longer in the other tab. The workers of before were wiped for good. */
  takeOver(): void {
    this.#steals = true;
    this.restart();
    this.go({ kind: 'entering', rejoining: true, sinceMs: Date.now() });
  }

  /** Loads and starts what a meeting needs besides the vault, once; connects to nothing yet. */
  prepare(): void {
    if (this.#workers === undefined) return;
    this.vault({ kind: 'prepare' });
    this.media.prepare(this.#workers.startFrames());
  }

  publish(): void {
    this.#state = this.#build();
    for (const listener of [...this.#listeners]) listener();
  }

  async #begin(): Promise<void> {
    const id = MeetingId.safeParse(this.#meetingId);
    if (!id.success) return this.go({ kind: 'cannot', reason: { kind: 'link-incomplete' } });
    const missing = await lacks();
    if (missing.length > 0)
      return this.go({ kind: 'cannot', reason: { kind: 'browser', lacks: missing } });
    this.restart();
    return undefined;
  }

  #open(): void {
    const id = MeetingId.safeParse(this.#meetingId);
    if (id.success) this.#workers?.open(id.data, this.#fragment);
    // The vault has it now: this page needs it no more.
    this.#fragment = undefined;
  }

  #died(): void {
    this.media.stopAll();
    this.log = takeAlarm(this.log, {
      code: 'worker-died',
      atMs: Date.now(),
      stopped: true,
      who: [],
    });
    this.view = this.view && { ...this.view, stopped: 'worker-died', gateOpen: false };
    this.publish();
    const nowMs = performance.now();
    this.#restarts = [...this.#restarts.filter((atMs) => nowMs - atMs < RESTARTS_PER_MS), nowMs];
    if (this.#restarts.length > RESTARTS)
      return this.go({ kind: 'cannot', reason: { kind: 'crashed' } });
    // The keys went with the worker. What the device keeps lets us back in as a new leaf.
    return this.restart();
  }

  #hear(report: VaultReport): void {
    switch (report.kind) {
      case 'ready':
        return this.#open();
      case 'door':
        return this.#atDoor(report.as);
      case 'cannot':
        return this.go({ kind: 'cannot', reason: { kind: report.why } });
      case 'waiting':
        return this.go({
          kind: 'waiting',
          told: report.told,
          sinceMs: this.#stage.kind === 'waiting' ? this.#stage.sinceMs : Date.now(),
        });
      case 'refused':
        return this.go({
          kind: 'cannot',
          reason: { kind: report.why === 'locked' ? 'locked' : 'refused' },
        });
      case 'admitted':
        return this.go({ kind: 'entering', rejoining: false, sinceMs: Date.now() });
      case 'view':
        return this.#seeView(report.view);
      case 'event':
        return this.#takeEvent(report);
      case 'alarm':
        this.log = takeAlarm(this.log, report);
        if (report.stopped) this.media.stopAll();
        return this.publish();
      case 'safety-words':
        this.words.get(report.ref)?.(report.words);
        this.words.delete(report.ref);
        return undefined;
      case 'link':
        this.#link = `${location.origin}/j/${this.#meetingId}#${report.fragment}`;
        return this.publish();
      default:
        return undefined;
    }
  }

  #atDoor(as: 'stranger' | 'returning' | 'host'): void {
    if (as !== 'returning') return this.go({ kind: 'lobby', host: as === 'host' });
    this.prepare();
    this.go({ kind: 'entering', rejoining: true, sinceMs: Date.now() });
    this.vault({ kind: this.#steals ? 'take-over' : 'enter' });
    this.#steals = false;
  }

  #seeView(view: VaultView): void {
    this.log = noteRoster(this.log, this.view?.people ?? [], view.people);
    this.view = view;
    this.media.roster(view.people, view.gateOpen);
    if (view.phase === 'in' && this.#stage.kind !== 'meeting') return this.go({ kind: 'meeting' });
    const out = view.phase === 'out' || view.phase === 'entering';
    if (out && this.#stage.kind === 'meeting') {
      return this.go({ kind: 'entering', rejoining: true, sinceMs: Date.now() });
    }
    return this.publish();
  }

  #takeEvent(report: Extract<VaultReport, { kind: 'event' }>): void {
    const { event, atMs } = report;
    const host = this.view?.people.find((person) => person.role === 'host');
    const hostName = host
      ? nameOf(host) === ''
        ? knownName(this.log, host.person)
        : nameOf(host)
      : '';
    const before = this.log;
    this.log = takeEvent(before, event, atMs, hostName, this.view?.policy?.locked ?? false);
    switch (event.kind) {
      case 'identity':
        return this.intent({ kind: 'ticket' });
      case 'ticket':
        return void this.media.connect(event.ticket);
      case 'ticket-refused':
        return this.#ticketRefused();
      case 'mute-asked':
        this.media.turnMicrophone(false);
        return this.publish();
      case 'removed':
      case 'ended':
      case 'elsewhere':
      case 'host-must-come-back':
        this.media.disconnect();
        return this.go({ kind: event.kind });
      case 'gone':
        this.media.disconnect();
        return this.go({ kind: 'left' });
      default:
        return this.publish();
    }
  }

  #ticketRefused(): void {
    this.media.notReady();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.intent({ kind: 'ticket' });
    }, RETRY_TICKET_MS);
    this.#timers.add(timer);
  }

  #lobby(): LobbyView {
    const { own, preview, level } = this.media;
    return {
      name: this.name,
      own,
      ...(preview ? { preview } : {}),
      ...(level === undefined ? {} : { level }),
    };
  }

  #build(): CallState {
    const stage = this.#stage;
    switch (stage.kind) {
      case 'lobby':
        return { kind: 'lobby', lobby: this.#lobby(), host: stage.host };
      case 'waiting':
        return { kind: 'waiting', lobby: this.#lobby(), sinceMs: stage.sinceMs, told: stage.told };
      case 'entering':
        return {
          kind: 'entering',
          rejoining: stage.rejoining,
          hostAway: Date.now() - stage.sinceMs > 15_000,
        };
      case 'meeting':
        return this.view
          ? { kind: 'meeting', meeting: this.#meeting(this.view) }
          : { kind: 'opening' };
      default:
        return stage;
    }
  }

  #meeting(view: VaultView) {
    const { media, log } = this;
    return toMeetingView({
      view,
      firstNames: log.firstNames,
      verified: this.verified,
      speaking: media.speaking,
      remote: media.remote,
      ...(media.ownCamera ? { ownCamera: media.ownCamera } : {}),
      ...(media.ownScreen ? { ownScreen: media.ownScreen } : {}),
      alarms: log.alarms,
      notices: log.notices,
      chat: log.chat,
      own: media.own,
      media: media.link,
      soundBlocked: media.soundBlocked,
      ...(this.#link ? { link: this.#link } : {}),
      nowMs: Date.now(),
    });
  }
}

/** Opens a call for a meeting; `fragment` is what stood after the # of its link. */
export function openCall(input: {
  readonly meetingId: string;
  readonly fragment: string | undefined;
}): Call {
  return new CallCore(input.meetingId, input.fragment);
}
