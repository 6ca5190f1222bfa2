// The test server as a process of its own, so that it can be killed: prints one line of JSON when it listens. Test code.
import { startTestServer } from './testkit.ts';

const [dataFolder = '', port = '0'] = process.argv.slice(2);
if (dataFolder === '') throw new TypeError('no data folder');
const server = await startTestServer({ dataFolder, port: Number(port) });
const { url, origin, setupToken } = server;
process.stdout.write(`${JSON.stringify({ url, origin, setupToken, port: server.port })}\n`);
// The parent that started it is gone: nobody would ever end this one.
process.stdin.on('end', () => process.exit(0)).resume();
