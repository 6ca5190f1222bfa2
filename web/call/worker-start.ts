// The only two addresses that may become a worker (Trusted Types, SEC-18): everything else is refused by the browser.
import framesAddress from '../worker/frames.ts?worker&url';
import vaultAddress from '../worker/vault.ts?worker&url';

type ScriptUrlPolicy = { createScriptURL(address: string): string };
type PolicyFactory = {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): ScriptUrlPolicy;
};

const ADDRESSES: readonly string[] = [framesAddress, vaultAddress];

function checked(address: string): string {
  if (!ADDRESSES.includes(address)) throw new TypeError('not one of our two workers');
  return address;
}

const isFactory = (value: unknown): value is PolicyFactory =>
  typeof value === 'object' && value !== null && 'createPolicy' in value;

/** Engines without Trusted Types take the plain address. The name stands in the content security policy. */
function makePolicy(): ScriptUrlPolicy {
  const factory: unknown = Reflect.get(globalThis, 'trustedTypes');
  return isFactory(factory)
    ? factory.createPolicy('in-camera', { createScriptURL: checked })
    : { createScriptURL: checked };
}
const policy = makePolicy();

const start = (address: string, name: string): Worker =>
  new Worker(policy.createScriptURL(address), { type: 'module', name });

export const startVault = (): Worker => start(vaultAddress, 'vault');
export const startFrames = (): Worker => start(framesAddress, 'frames');
