// Keeps one media server running: adopts the one an earlier server left, starts one, starts it again when it dies, ends
// it with us. Must not read or pass on anything it says.
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../errors.ts';
import type { MediaAccess, MediaStatus } from '../feature.ts';
import type { Logger } from '../logger.ts';
import type { LiveKitBinary } from './livekit-binary.ts';
import type { MediaKeys } from './livekit-config.ts';
import {
  findEarlier,
  type LaunchSettings,
  launch,
  type Running,
  recordPath,
  urlOf,
  whenReady,
} from './livekit-launch.ts';
import { dropRecord, endProcess } from './livekit-process.ts';

export type SupervisorDeps = {
  readonly settings: LaunchSettings;
  readonly keys: MediaKeys;
  /** Where the binary comes from; may take minutes and says its steps. */
  readonly findBinary: (
    onStep: (step: string) => void,
    signal: AbortSignal,
  ) => Promise<LiveKitBinary>;
  readonly logger: Logger;
  /** Shorter in tests. */
  readonly backoffMs?: readonly number[];
};

const BACKOFF_MS = [250, 500, 1_000, 2_000, 5_000, 15_000];
/** Attempts before the state says that it failed; one that was never ready is given up then. */
const PATIENCE = 5;
const STEADY_MS = 60_000;
const ADOPT_WAIT_MS = 3_000;

export class LiveKitSupervisor implements MediaAccess {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly #deps: SupervisorDeps;
  readonly #listeners = new Set<(state: MediaStatus) => void>();
  readonly #stopping = new AbortController();
  #state: MediaStatus = { kind: 'absent' };
  #running: Running | undefined;
  #failures = 0;
  #wasReady = false;
  #loop: Promise<void> | undefined;

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
    this.apiKey = deps.keys.apiKey;
    this.apiSecret = deps.keys.apiSecret;
  }

  state(): MediaStatus {
    return this.#state;
  }

  livekitUrl(): string | undefined {
    const ready = this.#state.kind === 'ready' ? this.#running : undefined;
    return ready && urlOf(ready.record);
  }

  onState(listener: (state: MediaStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves once it is ready for the first time or stopped; rejects with a StartError if it cannot be had. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#loop = this.#run(resolve).then(resolve, (error: unknown) => {
        const code = error instanceof StartError ? error.code : 'internal';
        this.#deps.logger.log('media-failed', { code });
        this.#setState({
          kind: 'failed',
          code,
          message: error instanceof StartError ? error.message : '',
        });
        reject(error instanceof Error ? error : new TypeError('not an error'));
      });
    });
  }

  /** Ends whatever is under way: the build, the wait, the process. */
  async stop(): Promise<void> {
    const startMs = performance.now();
    this.#stopping.abort();
    const running = this.#running;
    if (running !== undefined) await endProcess(running.record);
    await this.#loop;
    this.#setState({ kind: 'absent' });
    if (running !== undefined) {
      dropRecord(recordPath(this.#deps.settings));
      this.#deps.logger.log('media-stopped', {
        durationMs: Math.round(performance.now() - startMs),
      });
    }
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #setState(state: MediaStatus): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  async #run(onReady: () => void): Promise<void> {
    const earlier = await this.#adopt();
    if (earlier !== undefined) await this.#watch(earlier, onReady);
    const binary = this.#stopped ? undefined : await this.#findBinary();
    while (binary !== undefined && !this.#stopped) {
      const running = await this.#launch(binary);
      if (running !== undefined) await this.#watch(running, onReady);
      if (!this.#stopped) await this.#pause();
    }
  }

  async #findBinary(): Promise<string | undefined> {
    const { findBinary, logger } = this.#deps;
    const onStep = (step: string): void => {
      if (this.#stopped) return;
      logger.log('media-building', { step });
      this.#setState({ kind: 'building', step });
    };
    try {
      const { path, source } = await findBinary(onStep, this.#stopping.signal);
      logger.log('media-binary', { source });
      return path;
    } catch (error) {
      if (this.#stopped) return undefined;
      throw error;
    }
  }

  /** Takes over what an earlier server started; ends it if it runs with other settings or does not answer. */
  async #adopt(): Promise<Running | undefined> {
    const { settings, logger } = this.#deps;
    const earlier = findEarlier(settings);
    if (earlier === undefined) return undefined;
    const { pid } = earlier.record;
    this.#running = earlier;
    this.#setState({ kind: 'starting' });
    if (earlier.fits && (await whenReady(earlier, ADOPT_WAIT_MS))) {
      logger.log('media-adopted', { pid });
      return earlier;
    }
    logger.log('media-replaced', { pid, reason: earlier.fits ? 'silent' : 'settings' });
    await endProcess(earlier.record);
    this.#running = undefined;
    return undefined;
  }

  /** A process that answers, or undefined after one more failure. */
  async #launch(binary: string): Promise<Running | undefined> {
    const { settings, logger } = this.#deps;
    logger.log('media-starting', { attempt: this.#failures + 1 });
    if (this.#failures <= PATIENCE) this.#setState({ kind: 'starting' });
    try {
      const running = await launch(binary, settings);
      this.#running = running;
      if (running !== undefined && !this.#stopped && (await whenReady(running))) return running;
      if (running !== undefined) await endProcess(running.record);
      await this.#ended(running);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      this.#fail(error);
    }
    return undefined;
  }

  /** Ready until it ends. */
  async #watch(running: Running, onReady: () => void): Promise<void> {
    if (this.#stopped) return;
    const { pid, port } = running.record;
    const readyMs = performance.now();
    this.#wasReady = true;
    this.#setState({ kind: 'ready' });
    this.#deps.logger.log('media-ready', { pid, port });
    onReady();
    await running.ended;
    if (performance.now() - readyMs > STEADY_MS) this.#failures = 0;
    await this.#ended(running);
  }

  async #ended(running: Running | undefined): Promise<void> {
    if (this.#stopped) return;
    this.#running = undefined;
    const { exitCode, signal } = (await running?.ended) ?? {};
    this.#deps.logger.log('media-exited', { exitCode, signal, attempt: this.#failures + 1 });
    const how = exitCode === undefined ? '' : ` (exit ${exitCode})`;
    this.#fail(
      new StartError(
        'media-unavailable',
        `The media server ends as soon as it starts${how}: run it by hand with --config ${this.#deps.settings.folder}/livekit.yaml to see why.`,
      ),
    );
  }

  /** One more failure: told, and for good when it has never been ready. */
  #fail(error: StartError): void {
    this.#failures += 1;
    const patient = error.code !== 'port-busy' && this.#failures < PATIENCE;
    if (!this.#wasReady && !patient) throw error;
    if (patient) return this.#setState({ kind: 'starting' });
    this.#deps.logger.log('media-failed', { code: error.code });
    this.#setState({ kind: 'failed', code: error.code, message: error.message });
  }

  async #pause(): Promise<void> {
    const steps = this.#deps.backoffMs ?? BACKOFF_MS;
    const ms = steps[Math.min(this.#failures, steps.length) - 1] ?? 0;
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
