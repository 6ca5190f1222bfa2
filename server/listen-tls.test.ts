// TLS as the server really speaks it, with a certificate made for the test (SEC-15).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createListeners, type Listeners } from './listen.ts';

const upgrades = { add: () => undefined, handle: () => undefined };
/** The client's own floor lowered as far as it goes, so that it is the server who refuses. */
const ANYTHING = 'ALL:@SECLEVEL=0';

describe.each(['ec', 'rsa'])('TLS with an %s key', (kind) => {
  let folder: string;
  let listeners: Listeners;
  let port: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'in-camera-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const newKey =
      kind === 'ec'
        ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
        : ['-newkey', 'rsa:2048'];
    const subject = ['-subj', '/CN=meet.example.org', '-days', '2', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...newKey, '-keyout', key, '-out', cert, ...subject], {
      stdio: 'ignore',
    });
    const tls = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    const publicOrigin = 'https://meet.example.org';
    listeners = createListeners(
      {
        exposure: { kind: 'public', publicOrigin, tls, trustedProxies: [], nodeIp: '192.0.2.7' },
        listen: { hosts: ['127.0.0.1'], port: 0 },
        dataFolder: '',
        cacheFolder: '',
        media: { binary: undefined, port: 0, udpPort: 0, tcpPort: 0, maxParticipants: 2 },
      },
      upgrades,
    );
    port = await listeners.listen();
  });
  afterAll(async () => {
    await listeners?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What was agreed on, as `version suite`; the error's code where nothing was. */
  const agreed = (options: ConnectionOptions): Promise<string> =>
    new Promise((resolve) => {
      // The certificate is the test's own: who it names is not what is looked at.
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
      socket.on('secureConnect', () => {
        resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
        socket.destroy();
      });
      socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    });

  it('SEC-15 speaks TLS 1.3 to whoever can, and 1.2 to others', async () => {
    expect(await agreed({})).toMatch(/^TLSv1\.3 TLS_/);
    expect(await agreed({ maxVersion: 'TLSv1.2' })).toMatch(/^TLSv1\.2 ECDHE-/);
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('SEC-15 refuses %s', async (version) => {
    const options = { minVersion: version, maxVersion: version, ciphers: ANYTHING };
    expect(await agreed(options)).toMatch(/PROTOCOL_VERSION/);
  });

  it.each([
    'AES128-SHA',
    'AES256-GCM-SHA384',
    `ECDHE-${kind === 'ec' ? 'ECDSA' : 'RSA'}-AES128-SHA256`,
    'DHE-RSA-AES256-GCM-SHA384',
    'NULL-SHA256',
  ])('SEC-15 refuses the suite %s of TLS 1.2', async (suite) => {
    const options = { maxVersion: 'TLSv1.2', ciphers: `${suite}:@SECLEVEL=0` } as const;
    expect(await agreed(options)).toMatch(/HANDSHAKE_FAILURE/);
  });
});
