import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createAddressOf, refuseForeign } from './address.ts';

function request(remote: string, headers: Record<string, string> = {}, method = 'GET') {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remote });
  const message = new IncomingMessage(socket);
  message.method = method;
  Object.assign(message.headers, headers);
  return message;
}

describe('address of a client', () => {
  const forwarded = (value: string) => ({ 'x-forwarded-for': value });

  it('A-75 believes X-Forwarded-For from nobody by default', () => {
    const addressOf = createAddressOf([]);
    expect(addressOf(request('203.0.113.9', forwarded('198.51.100.1')))).toBe('203.0.113.9');
    expect(addressOf(request('127.0.0.1', forwarded('198.51.100.1')))).toBe('127.0.0.1');
  });

  it('A-75 believes a named proxy one hop, and no further than proxies vouch', () => {
    const addressOf = createAddressOf(['10.0.0.0/8', 'fd00::1']);
    const last = request('10.0.0.2', forwarded('198.51.100.1, 203.0.113.9'));
    expect(addressOf(last)).toBe('203.0.113.9');
    const chain = request('10.0.0.2', forwarded('198.51.100.66, 203.0.113.9, 10.1.1.1'));
    expect(addressOf(chain)).toBe('203.0.113.9');
    expect(addressOf(request('203.0.113.9', forwarded('10.0.0.1')))).toBe('203.0.113.9');
  });

  it('A-75 falls back to the proxy when the header is nonsense', () => {
    const addressOf = createAddressOf(['10.0.0.2']);
    for (const value of ['', 'evil', '1.2.3.4:80', '<script>', ','.repeat(5_000)]) {
      expect(addressOf(request('10.0.0.2', forwarded(value)))).toBe('10.0.0.2');
    }
  });

  it('reads IPv4 inside IPv6, and counts an IPv6 customer as one', () => {
    const addressOf = createAddressOf(['::ffff:10.0.0.2', '10.0.0.2']);
    expect(addressOf(request('::ffff:10.0.0.2', forwarded('198.51.100.7')))).toBe('198.51.100.7');
    const here = addressOf(request('2001:db8:1:2:3:4:5:6'));
    expect(addressOf(request('2001:db8:1:2::9'))).toBe(here);
    expect(addressOf(request('2001:db8:1:3::9'))).not.toBe(here);
  });
});

describe('foreign requests', () => {
  const origin = 'https://meet.example.org';
  const own = { host: 'meet.example.org' };
  const refuse = (headers: Record<string, string>, method?: string) =>
    refuseForeign(request('192.0.2.1', headers, method), origin);

  it('A-75 takes no other Host, forwarded ones included', () => {
    expect(refuse(own)).toBeUndefined();
    for (const host of ['evil.example', 'meet.example.org:8443', 'MEET.example.org.', '']) {
      expect(refuse({ host })).toBe('host');
    }
    expect(refuse({ host: 'evil.example', 'x-forwarded-host': 'meet.example.org' })).toBe('host');
    expect(refuse({})).toBe('host');
  });

  it('A-59 foreign, null and absent origins cannot change anything or open a socket', () => {
    const foreign = [
      'https://evil.example',
      'null',
      'http://meet.example.org',
      `${origin}.evil.example`,
      `${origin}:444`,
    ];
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(refuse({ ...own, origin }, method)).toBeUndefined();
      expect(refuse(own, method)).toBe('origin');
      for (const other of foreign) expect(refuse({ ...own, origin: other }, method)).toBe('origin');
    }
    expect(refuse({ ...own, origin, upgrade: 'websocket' })).toBeUndefined();
    expect(refuse({ ...own, upgrade: 'websocket' })).toBe('origin');
    for (const other of foreign) {
      expect(refuse({ ...own, origin: other, upgrade: 'websocket' })).toBe('origin');
      expect(refuse({ ...own, origin: other })).toBe('origin');
    }
  });
});
