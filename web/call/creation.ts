// Making a meeting from the start screen: a vault of its own for a moment, nothing else.
import { vaultReport } from '../worker/vault-messages.ts';
import { lacks } from './capability.ts';
import type { Creation } from './model.ts';
import { startVault } from './worker-start.ts';

const PATIENCE_MS = 30_000;

/** The link of a new meeting, or why there is none. Never throws. */
export async function createMeeting(token: string): Promise<Creation> {
  if (token === '') return { kind: 'failed', code: 'no-token', lacks: [] };
  const missing = await lacks();
  if (missing.length > 0) return { kind: 'failed', code: 'browser', lacks: missing };
  const vault = startVault();
  try {
    return await ask(vault, token);
  } finally {
    vault.terminate();
  }
}

function ask(vault: Worker, token: string): Promise<Creation> {
  return new Promise((resolve) => {
    const fail = (): void => resolve({ kind: 'failed', code: 'internal', lacks: [] });
    const patience = setTimeout(fail, PATIENCE_MS);
    vault.onerror = fail;
    vault.onmessage = (event: MessageEvent<unknown>) => {
      const read = vaultReport.safeParse(event.data);
      if (!read.success) return fail();
      const report = read.data;
      if (report.kind === 'ready') vault.postMessage({ kind: 'create', token });
      if (report.kind === 'created') {
        const link = `${location.origin}/j/${report.id}#${report.fragment}`;
        resolve({ kind: 'made', link, id: report.id });
      }
      if (report.kind === 'create-failed')
        resolve({ kind: 'failed', code: report.code, lacks: [] });
      if (report.kind === 'cannot') fail();
      if (report.kind !== 'ready') clearTimeout(patience);
      return undefined;
    };
  });
}
