// The one wasm module: loading it, and calling it so that only coded errors come out.
import init, { type WasmSource } from './dist/mls.js';
import { MlsError, toMlsError } from './errors.ts';

export const SUITE_HYBRID = 0x004e;
export const SUITE_CLASSICAL = 0x0001;

let loading: Promise<void> | undefined;
let ready = false;

async function load(source: WasmSource): Promise<void> {
  await init({ module_or_path: source });
  ready = true;
}

/** Compiles the module once; a Response is compiled while it streams. After a failure, again. */
export function loadMls(source: WasmSource): Promise<void> {
  loading ??= load(source).catch((cause: unknown) => {
    loading = undefined;
    throw new MlsError('not-loaded', { cause });
  });
  return loading;
}

/** Runs one call into the module. */
export function guarded<T>(call: () => T): T {
  if (!ready) throw new MlsError('not-loaded');
  try {
    return call();
  } catch (cause) {
    throw toMlsError(cause);
  }
}

/** The glue takes 16 bits and would cut a larger number down to one of ours. */
export function checkSuite(suite: number): number {
  if (suite !== SUITE_HYBRID && suite !== SUITE_CLASSICAL) throw new MlsError('bad-suite');
  return suite;
}
