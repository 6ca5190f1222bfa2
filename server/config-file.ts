// The shape of incamera.json. Must know every setting by name: a misspelt one is refused, never ignored.
import { isIP } from 'node:net';
import * as z from 'zod/mini';

const text = (what: string) => z.string(what).check(z.minLength(1, what), z.maxLength(1_024, what));
const port = z
  .number('must be a port from 0 to 65535')
  .check(
    z.int('must be a port from 0 to 65535'),
    z.gte(0, 'must be a port from 0 to 65535'),
    z.lte(65_535, 'must be a port from 0 to 65535'),
  );
const address = text('must be an IP address').check(
  z.refine((value) => isIP(value) !== 0, 'must be an IP address'),
);

/** An address, or an address with a prefix length: `10.0.0.0/8`. */
function isNetwork(value: string): boolean {
  const [ip = '', bits, ...rest] = value.split('/');
  const version = isIP(ip);
  if (version === 0 || rest.length > 0) return false;
  const most = version === 4 ? 32 : 128;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most)
  );
}
const network = text('must be an IP address or network').check(
  z.refine(isNetwork, 'must be an IP address or network, such as 192.0.2.7 or 10.0.0.0/8'),
);

export const ConfigFile = z.strictObject(
  {
    listen: z.optional(
      z.strictObject(
        { host: z.optional(text('must be text')), port: z.optional(port) },
        'must be an object',
      ),
    ),
    publicUrl: z.optional(text('must be text')),
    tls: z.optional(
      z.strictObject(
        { cert: text('must be a path'), key: text('must be a path') },
        'must be {cert, key}',
      ),
    ),
    trustedProxies: z.optional(
      z
        .array(network, 'must be a list of addresses')
        .check(z.minLength(1, 'must name at least one address'), z.maxLength(32, 'is too long')),
    ),
    dataFolder: z.optional(text('must be a path')),
    media: z.optional(
      z.strictObject(
        {
          binary: z.optional(text('must be a path')),
          nodeIp: z.optional(address),
          port: z.optional(port),
          udpPort: z.optional(port),
          tcpPort: z.optional(port),
          maxParticipants: z.optional(
            z
              .number('must be from 2 to 1000')
              .check(
                z.int('must be from 2 to 1000'),
                z.gte(2, 'must be from 2 to 1000'),
                z.lte(1_000, 'must be from 2 to 1000'),
              ),
          ),
        },
        'must be an object',
      ),
    ),
  },
  'must be a JSON object',
);
export type ConfigFile = z.infer<typeof ConfigFile>;

/** The first thing wrong, as one sentence. */
export function sentenceOf(issues: readonly z.core.$ZodIssue[]): string {
  const [issue] = issues;
  if (issue === undefined) return 'the configuration is not valid.';
  const place = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const where = place === '' ? '' : ` in ${place}`;
    return `unknown setting ${JSON.stringify(issue.keys[0])}${where}: remove it, docs/operators.md lists all.`;
  }
  return `${place === '' ? 'the configuration' : place} ${issue.message}: correct it or leave it out.`;
}
