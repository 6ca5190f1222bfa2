// Starts the two workers and joins them by a port of their own: the page never sees what passes between them. The
// second comes when the person knocks: a lobby needs no frames.
// If either dies both are ended: counters and keys live in memory only, so what follows is a new leaf (F-12).
import type { MeetingId } from '@in-camera/protocol/ids.ts';
import { type VaultReport, type VaultRequest, vaultReport } from '../worker/vault-messages.ts';
import { FramesClient } from './media-frames.ts';
import { WorkerPulse } from './worker-pulse.ts';
import { startFrames, startVault } from './worker-start.ts';

export type WorkerEvents = {
  readonly vault: (report: VaultReport) => void;
  readonly died: () => void;
};

export class CallWorkers {
  readonly #events: WorkerEvents;
  readonly #vault: Worker;
  #pulse: WorkerPulse | undefined;
  readonly #channel = new MessageChannel();
  #frames: FramesClient | undefined;
  #ended = false;

  constructor(events: WorkerEvents) {
    this.#events = events;
    const died = (): void => this.#died();
    this.#vault = startVault();
    this.#vault.onerror = died;
    this.#vault.onmessage = (event: MessageEvent<unknown>) => {
      if (this.#ended) return;
      // Asked from its first word on: on a slow road its script may take long.
      this.#pulse ??= new WorkerPulse(() => this.vault({ kind: 'pulse' }), died);
      this.#pulse.heard();
      const report = vaultReport.safeParse(event.data);
      if (!report.success) died();
      else if (report.data.kind !== 'pulse') events.vault(report.data);
    };
  }

  /** The frames worker, joined to the vault; what the vault said before waits in the port. */
  startFrames(): FramesClient {
    if (this.#frames === undefined) {
      this.#frames = new FramesClient(startFrames());
      this.#frames.listen((notice) => {
        if (notice.kind === 'died') this.#died();
      });
      this.#frames.connectVault(this.#channel.port1);
    }
    return this.#frames;
  }

  /** Gives the vault its meeting and its end of the channel; call once. */
  open(meetingId: MeetingId, fragment: string | undefined): void {
    const { port2: frames } = this.#channel;
    const secret = fragment === undefined ? {} : { fragment };
    this.vault({ kind: 'open', meetingId, frames, ...secret }, [frames]);
  }

  vault(request: VaultRequest, transfer: Transferable[] = []): void {
    if (!this.#ended) this.#vault.postMessage(request, transfer);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#pulse?.stop();
    this.#vault.terminate();
    this.#frames?.close();
  }

  #died(): void {
    if (this.#ended) return;
    this.end();
    this.#events.died();
  }
}
