// The MLS binding with exact types: one wasm module, loaded once, the same in browser workers and
// in Node. Must hold no policy: who may do what is judged by its callers.
export { MlsClient, type MlsSnapshot } from './client.ts';
export { MlsError } from './errors.ts';
export {
  ed25519PublicKey,
  ed25519Sign,
  ed25519Verify,
  hpkeGenerate,
  hpkeOpen,
  hpkeSeal,
  inspectKeyPackage,
} from './primitives.ts';
export type * from './views.ts';
export { loadMls, SUITE_CLASSICAL, SUITE_HYBRID } from './wasm.ts';
