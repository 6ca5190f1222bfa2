// `npm start` as a person runs it, with the real media server: up, refused, killed, adopted, down.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isAlive, newFolder, type Process, Run, removeFolders, takePort, until } from './run.ts';

const runs: Run[] = [];
function start(dataFolder: string, env: Record<string, string> = {}): Run {
  const run = new Run(dataFolder, env);
  runs.push(run);
  return run;
}
const closeAll = async (): Promise<void> => {
  for (const run of runs.splice(0)) await run.close();
};

/** Addresses of the other ends of a process's sockets, from the kernel's tables. */
function remotesOf({ pid }: Process): string[] {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      } catch {
        return undefined;
      }
    }),
  );
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[9] !== undefined && own.has(fields[9]))
      .map((fields) => fields[2]?.split(':')[0] ?? ''),
  );
}
/** Nobody, 127.0.0.1, ::1 and ::ffff:127.0.0.1, in the kernel's spelling. */
const LOOPBACK = /^(?:0{8}|0{32}|0100007F|0{24}01000000|0{16}FFFF00000100007F)$/;

describe('npm start', () => {
  const data = newFolder();
  let run: Run;
  beforeAll(async () => {
    run = start(data);
    await run.ready();
  });
  afterAll(async () => {
    await closeAll();
    removeFolders();
  });

  it('prints where everything is and how to stop', () => {
    expect(run.output).toMatch(/Make a meeting +http:\/\/localhost:\d+\/start#[\w-]{22}\n/);
    expect(run.output).toContain(join(data, 'in-camera.sqlite'));
    expect(run.output).toMatch(/Web client +\S+/);
    expect(run.output).toMatch(/Stop +Ctrl-C/);
  });

  it('serves the page under the strict headers and says that media is ready', async () => {
    const answer = await fetch(`${await run.origin()}/start`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<div id="root">');
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'/,
    );
    expect(await run.status()).toEqual({ version: expect.any(String), media: 'ready' });
  });

  it('keeps all of its files for one user alone', () => {
    const open = (folder: string): string[] =>
      readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        const bad = (statSync(path).mode & 0o077) !== 0 ? [path] : [];
        return entry.isDirectory() ? [...bad, ...open(path)] : bad;
      });
    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(open(data)).toEqual([]);
  });

  it('A-70 SEC-25 keeps the set-up token nowhere on the disk', () => {
    const token = /#([\w-]{22})/.exec(run.output)?.[1] ?? 'none printed';
    for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' })) {
      const path = join(data, name);
      if (statSync(path).isFile()) expect(readFileSync(path).includes(token), name).toBe(false);
    }
  });

  it('A-80 server and media server have no connection to another machine', () => {
    for (const one of [run.server(), run.media()]) {
      const remotes = remotesOf(one);
      expect(remotes.length).toBeGreaterThan(0);
      expect(remotes.filter((remote) => !LOOPBACK.test(remote))).toEqual([]);
    }
  });

  it('F-20 a second process on the same folder is refused with one sentence', async () => {
    const second = start(data);
    expect(await second.ended).toBe(1);
    expect(second.output.trim().split('\n').at(-1)).toMatch(
      /^in-camera: Another In Camera already uses the data folder \S+: stop it, or set IN_CAMERA_DATA/,
    );
    expect(await run.status()).toMatchObject({ media: 'ready' });
  });

  it('F-05 the media server is started again when it is killed', async () => {
    const before = run.media();
    process.kill(before.pid, 'SIGKILL');
    await until('another media server', () => {
      try {
        return run.media().pid !== before.pid || undefined;
      } catch {
        return undefined;
      }
    });
    await run.ready();
  });

  it('F-01 the next start adopts the media server of a killed one', async () => {
    const media = run.media();
    const server = run.server();
    process.kill(server.pid, 'SIGKILL');
    expect(await run.ended).toBe(1);
    expect(isAlive(media)).toBe(true);
    run = start(data);
    await run.ready();
    expect(run.media()).toEqual(media);
    expect(run.output).toMatch(new RegExp(`media-adopted pid=${media.pid}`));
  });

  it('Ctrl-C ends everything it started, with success', async () => {
    const started = [run.server(), run.media()];
    run.signal('SIGINT');
    expect(await run.ended).toBe(0);
    expect(started.filter(isAlive)).toEqual([]);
    expect(readdirSync(data)).not.toContain('in-camera.sqlite-wal');
    expect(readdirSync(join(data, 'media'))).not.toContain('process.json');
  });
});

describe('npm start refuses with one sentence and a code', () => {
  afterEach(async () => {
    await closeAll();
    removeFolders();
  });
  async function refusal(dataFolder: string, env: Record<string, string>): Promise<string> {
    const run = start(dataFolder, env);
    expect(await run.ended).toBe(1);
    const said = run.output.split('\n').filter((line) => line.startsWith('in-camera: '));
    expect(said).toHaveLength(1);
    expect(run.output).not.toMatch(/^\s+at /m);
    return said[0] ?? '';
  }

  it('a busy port', async () => {
    const { port, free } = await takePort();
    const sentence = await refusal(newFolder(), { IN_CAMERA_PORT: String(port) });
    expect(sentence).toMatch(
      /^in-camera: Port \d+ is in use by another program .*: end it, or set IN_CAMERA_PORT/,
    );
    await free();
  });

  it('a data folder that cannot be written', async () => {
    const sentence = await refusal('/proc/in-camera', {});
    expect(sentence).toMatch(
      /^in-camera: The data folder \/proc\/in-camera cannot be written: give this user/,
    );
  });

  it('no Go and no pip, after the page was up', async () => {
    // Node finds itself by its full path; nothing else is on this PATH.
    const env = { IN_CAMERA_CACHE: `${newFolder()}-cache`, PATH: dirname(newFolder()) };
    const run = start(newFolder(), env);
    expect(await run.ended).toBe(1);
    expect(run.output).toMatch(/Address +http/);
    expect(run.output).toMatch(
      /\nin-camera: The media server cannot be built without Go: install Go .* again\.\n/,
    );
  });
});
