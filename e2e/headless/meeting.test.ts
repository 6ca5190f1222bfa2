// The product's session over the real server: what browsers do, without browsers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../server/testkit.ts';
import {
  bring,
  type HeadlessMeeting,
  HeadlessMember,
  makeHeadlessMeeting,
  until,
} from './client.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const together = async (members: readonly HeadlessMember[]): Promise<void> => {
  await until(
    () =>
      new Set(members.map((one) => one.secrets())).size === 1 &&
      members.every((one) => one.view().people.length === members.length),
    'one epoch, one roster',
  );
  for (const member of members) expect(member.alarms()).toEqual([]);
};

describe('a meeting over the real server', () => {
  it('meets, talks, is cut, reloads, removes, ends', { timeout: 90_000 }, async () => {
    const meeting: HeadlessMeeting = await makeHeadlessMeeting(server);
    const { host } = meeting;
    const ben = await bring(server, meeting, 'Ben');
    const mei = await bring(server, meeting, 'Mei');
    await together([host, ben, mei]);
    ben.intent({ kind: 'chat', text: 'hello', id: 'c1' });
    await until(() => host.events('chat') === 1 && mei.events('chat') === 1, 'chat heard');
    await until(() => ben.events('chat-sent') === 1, 'chat acknowledged');

    const epoch = host.view().epoch;
    for (const member of [host, ben, mei]) member.cut();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    for (const member of [host, ben, mei]) member.connect();
    await until(() => [host, ben, mei].every((one) => one.view().online), 'back online');
    ben.intent({ kind: 'chat', text: 'again', id: 'c2' });
    await until(() => mei.events('chat') === 2, 'chat after the cut');
    expect(host.view().epoch).toBe(epoch);

    await ben.stop();
    const again = await new HeadlessMember(server, ben.pass).start();
    await until(() => again.gateOpen, 'Ben reloaded');
    await together([host, again, mei]);
    expect(mei.events('came-back')).toBe(1);

    const person = again.view().people.find((one) => one.you)?.person ?? '';
    host.intent({ kind: 'remove', person });
    await until(() => again.events('removed') === 1, 'Ben removed');
    await together([host, mei]);

    host.intent({ kind: 'end' });
    await until(() => mei.events('ended') >= 1, 'ended for all');
    for (const member of [host, again, mei]) await member.stop();
  });
});
