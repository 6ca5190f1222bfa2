// The headers of every answer (A-79, SEC-18). Must be the same for all routes: no route loosens them.

const CONTENT_SECURITY_POLICY = [
  ['default-src', "'none'"],
  ['script-src', "'self'", "'wasm-unsafe-eval'"],
  ['style-src', "'self'"],
  ['font-src', "'self'"],
  ['img-src', "'self'"],
  ['media-src', "'self'"],
  ['worker-src', "'self'"],
  ['manifest-src', "'self'"],
  ['connect-src', "'self'"],
  ['frame-ancestors', "'none'"],
  ['base-uri', "'none'"],
  ['form-action', "'none'"],
  ['require-trusted-types-for', "'script'"],
  // One name: the policy that lets the client start its own two workers.
  ['trusted-types', 'in-camera'],
];

const OWN_FEATURES = [
  'autoplay',
  'camera',
  'display-capture',
  'fullscreen',
  'microphone',
  'screen-wake-lock',
  'speaker-selection',
];
const NO_FEATURES = [
  'accelerometer',
  'bluetooth',
  'browsing-topics',
  'clipboard-read',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'midi',
  'payment',
  'publickey-credentials-get',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

const TWO_YEARS_SECONDS = 63_072_000;

/** `publicOrigin` decides about TLS and names the socket's origin: 'self' does not cover ws in every engine. */
export function securityHeaders(publicOrigin: string): Readonly<Record<string, string>> {
  const secure = publicOrigin.startsWith('https:');
  const socketOrigin = publicOrigin.replace(/^http/, 'ws');
  const policy = CONTENT_SECURITY_POLICY.map(([name = '', ...values]) =>
    [name, ...values, ...(name === 'connect-src' ? [socketOrigin] : [])].join(' '),
  );
  const features = [
    ...OWN_FEATURES.map((name) => `${name}=(self)`),
    ...NO_FEATURES.map((name) => `${name}=()`),
  ];
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'permissions-policy': features.join(', '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
    ...(secure
      ? { 'strict-transport-security': `max-age=${TWO_YEARS_SECONDS}; includeSubDomains; preload` }
      : {}),
  };
}
