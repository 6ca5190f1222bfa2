// Finds text that must not be committed: hosts of others, paths of one machine, silenced tests and
// silenced checks, secrets. Must not print the secret it found, and reads binaries too.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listFiles } from './verify-files.mjs';

const CODE = /\.(?:ts|tsx|mts|js|mjs|cjs|jsx|rs|go)$/;
const TEST = /\.test\.\w+$|^e2e\/|^bench\//;
const PRODUCT = /^(?:protocol|crypto|server|web|media)\//;

const everywhere = () => true;
const inCode = (path) => CODE.test(path);
const inTest = (path) => TEST.test(path) && CODE.test(path);
const inProduct = (path) => PRODUCT.test(path) && CODE.test(path) && !TEST.test(path);

// The dots are written [.] so that this file does not find itself.
export const RULES = [
  {
    name: 'package registry host',
    applies: everywhere,
    pattern:
      /registry[.]npmjs|registry[.]yarnpkg|npm[.]pkg[.]github|pypi[.](?:org|python)|pythonhosted[.]org|proxy[.]golang[.]org|sum[.]golang[.]org|(?<!github[.]com\/rust-lang\/)\bcrates[.]io|deb[.]debian[.]org|artifac[t]ory/i,
  },
  {
    name: 'path of one machine',
    applies: everywhere,
    pattern:
      /(?<![\w.-])(?:\/work\/(?:main|shared)|\/root\/(?=[\w.])|\/tmp\/w\/|\/home\/(?!node\/)[a-z]\w*\/|\/Users\/\w+\/)|[A-Z]:\\Users\\/,
  },
  {
    name: 'private key',
    applies: everywhere,
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY[-]----/,
  },
  {
    name: 'note to self without an issue, write it as name(#12)',
    applies: inCode,
    pattern: /\b(?:TODO|FIXME|XXX|HACK)[:\s](?!\(#\d+\))/,
  },
  {
    name: 'test that is left out or runs alone',
    applies: inTest,
    pattern:
      /\b(?:describe|it|test|suite|bench)(?:[.]\w+)*[.](?:only|skip|todo|skipIf|runIf|fails)\b|\b(?:xit|xdescribe|xtest|fdescribe|fit)\(/,
  },
  {
    name: 'compiler or linter silenced',
    applies: inCode,
    pattern: /@ts-(?:ignore|nocheck)|(?:eslint|oxlint)-disable(?!-next-line \S+ -- \S)/,
  },
  {
    name: 'compiler silenced in product code',
    applies: inProduct,
    pattern: /@ts-expect-error/,
  },
  {
    name: 'debugger statement',
    applies: inCode,
    pattern: /^\s*debugger;?\s*$/m,
  },
  {
    name: 'switch for encryption in the environment',
    applies: inCode,
    pattern: /\benv(?:[.]|\[['"])\w*(?:E2EE|ENCRYPT|PLAINTEXT|INSECURE)/i,
  },
  {
    name: 'browser speech recognition, which may send audio away',
    applies: inProduct,
    pattern: /\b(?:webkit)?SpeechRecognition\b/,
  },
  {
    name: "someone else's host in product code",
    applies: inProduct,
    pattern:
      /\b(?:https?|wss?):\/\/(?!localhost|127[.]|\[::1\]|www[.]w3[.]org\/|(?:[\w-]+[.])*example\b)[a-z0-9-]+(?:[.][a-z0-9-]+)*[.][a-z]{2,}\b|\b(?:stun|turns?):[a-z0-9-]+(?:[.][a-z0-9-]+)+/i,
  },
];

/** Sentences about one file's text. */
export function checkText(path, text) {
  const findings = [];
  for (const rule of RULES) {
    if (!rule.applies(path)) continue;
    const global = new RegExp(rule.pattern.source, `${rule.pattern.flags.replace('g', '')}g`);
    const [first, ...more] = text.matchAll(global);
    if (first === undefined) continue;
    const line = text.slice(0, first.index).split('\n').length;
    const times = more.length === 0 ? '' : `, and ${more.length} more times`;
    findings.push(`${path}:${line}: ${rule.name}${times}`);
  }
  return findings;
}

/** The check over a folder on disk. Binaries are read byte for byte, for the paths inside them. */
export function checkTree(root) {
  const files = listFiles(root);
  const findings = files.flatMap((path) =>
    checkText(path, readFileSync(join(root, path), 'latin1')),
  );
  return { findings, summary: `${files.length} files` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { findings, summary } = checkTree(join(dirname(fileURLToPath(import.meta.url)), '..'));
  for (const finding of findings) console.log(finding);
  console.log(`text: ${summary}, ${findings.length} findings`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
