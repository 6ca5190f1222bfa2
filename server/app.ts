// The HTTP side every request passes: headers, host and origin, rate, coded errors. Must not know any feature, and must
// answer an error with its code and nothing else.
import type { RequestListener } from 'node:http';
import type { ServerStatus } from '@in-camera/protocol/http.ts';
import { readJson } from '@in-camera/protocol/json.ts';
import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import { refuseForeign } from './address.ts';
import { describeError, RequestError, statusOf } from './errors.ts';
import { securityHeaders } from './headers.ts';
import { handleClientError, type Listeners } from './listen.ts';
import type { Logger } from './logger.ts';
import { createRateLimiter } from './rate-limiter.ts';

const BODY_BYTES = 65_536;
const JSON_TYPE = 'application/json; charset=utf-8';
/** One address: a whole school behind one gateway loads the page at once. */
const HTTP_RATE = { burst: 6_000, perSecond: 200 };

export type AppDeps = {
  readonly listeners: Listeners;
  readonly logger: Logger;
  readonly clock: () => number;
  readonly addressOf: (request: FastifyRequest['raw']) => string;
  readonly publicOrigin: () => string;
  readonly status: () => ServerStatus;
};

/** What a client may learn of an error that the framework raised. */
function codeOf(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return new RequestError('too-large');
  const ours = typeof status !== 'number' || status >= 500;
  return new RequestError(ours ? 'internal' : 'bad-message');
}

type Headers = () => Readonly<Record<string, string>>;

function createFastify(listeners: Listeners, headers: Headers): FastifyInstance {
  return fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    requestIdHeader: false,
    forceCloseConnections: true,
    return503OnClosing: true,
    clientErrorHandler: handleClientError,
    routerOptions: { maxParamLength: 128, caseSensitive: true },
    // Raised before any hook runs, so that the headers must be written here too.
    frameworkErrors(error, _request, reply) {
      const { code, statusCode } = codeOf(error);
      reply.hijack();
      reply.raw.writeHead(statusCode, { ...headers(), 'content-type': JSON_TYPE });
      reply.raw.end(JSON.stringify({ code }));
    },
    serverFactory(handler) {
      const listener: RequestListener = (request, response) => handler(request, response);
      listeners.onRequest(listener);
      return listeners.servers[0];
    },
  });
}

export function createApp(deps: AppDeps): FastifyInstance {
  const { logger, addressOf, publicOrigin } = deps;
  let known: Readonly<Record<string, string>> | undefined;
  // The origin is known once the port is.
  const headers: Headers = () => {
    known ??= securityHeaders(publicOrigin());
    return known;
  };
  const app = createFastify(deps.listeners, headers);
  const limiter = createRateLimiter(HTTP_RATE, deps.clock);

  app.removeContentTypeParser(['text/plain', 'application/json']);
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string | Buffer) => {
      const value = typeof body === 'string' ? readJson(body) : undefined;
      if (value === undefined) throw new RequestError('bad-message');
      return value;
    },
  );
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers());
    if (!limiter.take(addressOf(request.raw))) throw new RequestError('too-many');
    const foreign = refuseForeign(request.raw, publicOrigin());
    if (foreign === undefined) return undefined;
    // RFC 9110 section 15.5.20: another host's request has come to us.
    return reply
      .code(foreign === 'host' ? 421 : statusOf('bad-origin'))
      .send({ code: 'bad-origin' });
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = codeOf(error);
    if (refusal.code === 'internal') {
      // The pattern of the route, never the path: that holds an id or a ticket.
      logger.log('request-failed', {
        route: request.routeOptions.url ?? 'none',
        ...describeError(error),
      });
    }
    return reply.code(refusal.statusCode).send({ code: refusal.code });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ code: 'not-found' }));
  app.get('/api/status', () => deps.status());
  return app;
}
