// Who may import what: the drawing of ARCHITECTURE.md as a table. Must hold no file access, so that
// every rule can be tested with made-up paths.

const FEATURE_FREE = new Set(['db', 'http', 'log', 'config', 'net', 'socket', 'lib', 'process']);
const WEB_PARTS = new Set(['worker', 'call', 'ui', 'i18n', 'api']);
const OUTSIDE = new Set(['e2e', 'bench', 'tools', 'controls', 'media', 'docs', '.ci']);
const REACT = ['react', 'react-dom', 'wouter', 'lucide-react', '@base-ui/react', '@lingui/react'];

/** Test files, and files whose name says that they only serve tests. */
export function isTestOnly(path) {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    /\.test\.\w+$/.test(name) || /(?:^|[-.])(?:testkit|unsafe|fake|fixtures?)(?:[-.]|$)/.test(name)
  );
}

const isConfig = (path) => /\.config\.\w+$/.test(path);

/** The area a file belongs to, such as `crypto`, `server:delivery`, `web:call`, `outside`. */
export function areaOf(path) {
  const [top, second, ...rest] = path.split('/');
  if (second === undefined || OUTSIDE.has(top) || isConfig(path)) return 'outside';
  if (top === 'server') {
    if (rest.length === 0) return /^main\.\w+$/.test(second) ? 'server:main' : 'server:plumbing';
    return FEATURE_FREE.has(second) ? 'server:plumbing' : `server:feature:${second}`;
  }
  if (top === 'web') {
    if (rest.length === 0) return 'web:root';
    return WEB_PARTS.has(second) ? `web:${second}` : `web:screen:${second}`;
  }
  return top;
}

const PARTS_OF = {
  protocol: ['protocol'],
  crypto: ['crypto'],
  'server:plumbing': ['server:plumbing', 'protocol'],
  'web:worker': ['web:worker', 'crypto', 'protocol'],
  'web:call': ['web:call', 'web:worker', 'web:api', 'protocol'],
  'web:ui': ['web:ui', 'web:i18n', 'protocol'],
  'web:i18n': ['web:i18n', 'protocol'],
  'web:api': ['web:api', 'protocol'],
};

/** May a file of one area import a file of another? Types count like anything else. */
export function mayImportArea(from, to) {
  if (from === 'outside') return true;
  if (to === 'outside' || to === 'server:main') return false;
  if (from === 'server:main') return to.startsWith('server:') || to === 'protocol';
  if (from === 'web:root') return to.startsWith('web:') || to === 'protocol';
  if (from.startsWith('server:feature:')) {
    return to === from || to === 'server:plumbing' || to === 'protocol';
  }
  if (from.startsWith('web:screen:')) {
    return [from, 'web:call', 'web:ui', 'web:i18n', 'web:api', 'protocol'].includes(to);
  }
  return PARTS_OF[from]?.includes(to) ?? false;
}

const ONLY = {
  protocol: ['zod'],
  crypto: ['@scure/bip39'],
  'web:worker': ['zod'],
};
const TEST_PACKAGES = ['vitest', 'fast-check'];

function packageOf(specifier) {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

/** May a file import this package or Node module? Returns a reason when it may not. */
export function refusePackage(path, specifier) {
  const area = areaOf(path);
  if (area === 'outside') return undefined;
  const test = isTestOnly(path);
  if (specifier.startsWith('node:')) {
    const browserSide = area === 'protocol' || area === 'crypto' || area.startsWith('web:');
    return browserSide && !test ? `${area} uses no Node module` : undefined;
  }
  const name = packageOf(specifier);
  if (test && TEST_PACKAGES.includes(name)) return undefined;
  if (!test && TEST_PACKAGES.includes(name)) return `${name} belongs in tests`;
  const only = ONLY[area];
  if (only !== undefined && !only.includes(name))
    return `${area} may import only ${only.join(', ')}`;
  if (area.startsWith('server:') && [...REACT, 'livekit-client'].includes(name)) {
    return 'the server has no browser code';
  }
  const reactInCall = REACT.includes(name) || specifier === 'zustand';
  if ((area === 'web:call' || area === 'web:api') && reactInCall) return `${area} has no React`;
  if (!['web:call', 'outside'].includes(area) && name === 'livekit-client') {
    return 'only web/call knows LiveKit';
  }
  return undefined;
}

/** Why one file may not import another of ours, or undefined. Paths are relative to the root. */
export function refuseImport(fromPath, toPath) {
  const [from, to] = [areaOf(fromPath), areaOf(toPath)];
  if (from === 'outside') return undefined;
  const test = isTestOnly(fromPath);
  if (isTestOnly(toPath) && !test) return 'test-only code is imported by the product';
  const testMayReach =
    test && to === 'crypto' && !from.startsWith('server:') && from !== 'protocol';
  if (testMayReach || (test && from.startsWith('server:') && to.startsWith('server:'))) {
    return undefined;
  }
  return mayImportArea(from, to) ? undefined : `${from} may not import ${to}`;
}
