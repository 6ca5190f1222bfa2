// What this browser lacks. Everything here is needed and nothing has a substitute: a list with
// anything in it means refusal, before any media is touched.
import type { Lack } from './model.ts';
import { hasTransforms } from './peer-guard.ts';

export async function lacks(scope: typeof globalThis = globalThis): Promise<readonly Lack[]> {
  const missing: Lack[] = [];
  if (scope.isSecureContext !== true) missing.push('secure-origin');
  const hasCrypto = typeof scope.crypto?.subtle === 'object';
  if (!hasCrypto) missing.push('web-crypto');
  else if (!(await signsEd25519(scope))) missing.push('ed25519');
  if (typeof scope.WebAssembly?.instantiateStreaming !== 'function') missing.push('wasm');
  if (typeof scope.Worker !== 'function' || typeof scope.MessageChannel !== 'function') {
    missing.push('workers');
  }
  if (typeof scope.RTCPeerConnection !== 'function') missing.push('web-rtc');
  else if (!hasTransforms(scope)) missing.push('encoded-transform');
  if (typeof scope.navigator?.mediaDevices?.getUserMedia !== 'function') {
    missing.push('media-devices');
  }
  return missing;
}

/** Asked for by doing it: no engine lists its algorithms. */
async function signsEd25519(scope: typeof globalThis): Promise<boolean> {
  try {
    await scope.crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    return true;
  } catch {
    return false;
  }
}
