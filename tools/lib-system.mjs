// What tests need of the machine: browsers, fonts, a compiler, the media server. Must change the machine only as root and
// through its own package manager, and must name what is missing otherwise.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { has, Refusal, ROOT, run, say } from './lib-run.mjs';

const NEEDS = [
  { program: 'chromium', packages: ['chromium'] },
  { program: 'firefox-esr', packages: ['firefox-esr'] },
  { program: 'g++', packages: ['g++'] },
  { program: 'make', packages: ['make'] },
  { program: 'python3', packages: ['python3'] },
  // Whom the server talks to is read from its system calls.
  { program: 'strace', packages: ['strace'] },
  { program: 'pgrep', packages: ['procps'] },
  // Makes the certificates of the tests that speak TLS; none is committed.
  { program: 'openssl', packages: ['openssl'] },
  // Pages in other scripts must not be empty boxes, and pip is the way to a Go where there is none.
  { file: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', packages: ['fonts-dejavu-core'] },
];
const ATTEMPTS = 3;
const WAIT_MS = 5_000;

const onPath = (program) =>
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));

const missingNeeds = () =>
  NEEDS.filter(({ program, file }) => (program ? !onPath(program) : !existsSync(file)));

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  let last = { code: -1, output: '' };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    last = await run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], { env });
    if (last.code === 0) return last;
    if (attempt < ATTEMPTS) await wait(attempt * WAIT_MS);
  }
  return last;
}

async function pipNeeds() {
  if ((await has('go', ['version'])) || onPath('livekit-server')) return [];
  return (await has('python3', ['-m', 'pip', '--version'])) ? [] : ['python3-pip'];
}

/** Installs what is missing where it may; else says what to install. */
export async function installSystem() {
  const packages = [...missingNeeds().flatMap((need) => need.packages), ...(await pipNeeds())];
  if (packages.length === 0) return;
  const mayInstall = process.getuid?.() === 0 && onPath('apt-get');
  if (!mayInstall) {
    throw new Refusal(
      `The tests need ${packages.join(', ')}: install them (on Debian: apt-get install ${packages.join(' ')}) and run this again.`,
    );
  }
  say(`Installing ${packages.join(', ')} ...`);
  await apt(['update', '-q']);
  const { code, output } = await apt([
    'install',
    '-q',
    '-y',
    '--no-install-recommends',
    ...packages,
  ]);
  if (code !== 0) {
    const last = output.trim().split('\n').at(-1);
    throw new Refusal(
      `${packages.join(', ')} could not be installed (${last}): install them and run this again.`,
    );
  }
}

/** Builds the media server into the cache, with the product's own code for it. */
export async function prepareMediaServer() {
  const { code, output } = await run(
    process.execPath,
    ['--import', 'tsx', join(ROOT, 'server', 'media', 'livekit-prepare.ts')],
    { show: true },
  );
  if (code !== 0) throw new Refusal(output.trim().split('\n').at(-1));
}
