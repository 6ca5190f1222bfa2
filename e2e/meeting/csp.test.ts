// The browser half of A-79: on the product's own pages, with the product's own headers, every way to
// run something that is not the product's is tried and blocked.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { type Cast, openCast } from '../harness/cast.ts';
import type { ChromiumPerson } from '../harness/chromium.ts';
import { violationsOf } from '../harness/gauges.ts';
import { sleep, until } from '../harness/person.ts';
import { makeLink, openMeeting } from '../harness/steps.ts';

declare global {
  var intruded: string[] | undefined;
  var intruderWays: Readonly<Record<string, () => void>> | undefined;
}

/** Each tries one way in; the ones that throw are as blocked as the ones that do nothing. */
function installWays(): void {
  globalThis.intruderWays = {
    'inline script': () => {
      const one = document.createElement('script');
      one.append('globalThis.intruded = ["inline"]');
      document.head.append(one);
    },
    'inline handler': () => {
      const one = document.createElement('button');
      one.setAttribute('onclick', 'globalThis.intruded = ["handler"]');
      document.body.append(one);
      one.click();
      one.remove();
    },
    eval: () => {
      const run: unknown = Reflect.get(globalThis, 'eval');
      if (typeof run === 'function') run('globalThis.intruded = ["eval"]');
    },
    'new Function': () => {
      const make: unknown = Reflect.get(globalThis, 'Function');
      if (typeof make === 'function')
        Reflect.construct(make, ['globalThis.intruded = ["function"]'])();
    },
    'blob script': () => {
      const one = document.createElement('script');
      const blob = new Blob(['globalThis.intruded = ["blob"]'], { type: 'text/javascript' });
      Reflect.set(one, 'src', URL.createObjectURL(blob));
      document.head.append(one);
    },
    'data script': () => {
      const one = document.createElement('script');
      Reflect.set(one, 'src', 'data:text/javascript,globalThis.intruded=["data"]');
      document.head.append(one);
    },
    'blob worker': () => {
      const blob = new Blob(['postMessage(1)'], { type: 'text/javascript' });
      const worker = new Worker(URL.createObjectURL(blob));
      worker.onmessage = () => {
        globalThis.intruded = ['worker'];
      };
    },
    'base element': () => {
      const one = document.createElement('base');
      one.href = 'http://stranger.example/';
      document.head.append(one);
      if (document.baseURI.includes('stranger')) globalThis.intruded = ['base'];
      one.remove();
    },
    'form to a stranger': () => {
      const one = document.createElement('form');
      one.action = 'http://stranger.example/form';
      document.body.append(one);
      one.submit();
      one.remove();
    },
    object: () => {
      const one = document.createElement('object');
      Reflect.set(one, 'data', 'data:text/html,<script>parent.intruded=["object"]</script>');
      document.body.append(one);
    },
    frame: () => {
      const one = document.createElement('iframe');
      Reflect.set(one, 'src', 'http://stranger.example/frame');
      document.body.append(one);
    },
    'frame with a document': () => {
      const one = document.createElement('iframe');
      Reflect.set(one, 'srcdoc', '<script>parent.intruded=["srcdoc"]</script>');
      document.body.append(one);
    },
    'import map': () => {
      const one = document.createElement('script');
      Reflect.set(one, 'type', 'importmap');
      one.append('{"imports":{"x":"data:text/javascript,globalThis.intruded=[1]"}}');
      document.head.append(one);
    },
    'script from a stranger': () => {
      const one = document.createElement('script');
      Reflect.set(one, 'src', 'http://stranger.example/x.js');
      document.head.append(one);
    },
    'style from a stranger': () => {
      const one = document.createElement('link');
      [one.rel, one.href] = ['stylesheet', 'http://stranger.example/x.css'];
      document.head.append(one);
    },
    'inline style element': () => {
      const one = document.createElement('style');
      one.append('body{outline:77px solid red}');
      document.head.append(one);
      if (getComputedStyle(document.body).outlineWidth === '77px') globalThis.intruded = ['style'];
    },
    'picture from a stranger': () => {
      const one = new Image();
      one.src = 'http://stranger.example/x.png';
    },
    'fetch to a stranger': () => {
      fetch('http://stranger.example/x').then(
        () => {
          globalThis.intruded = ['fetch'];
        },
        () => undefined,
      );
    },
    'socket to a stranger': () => {
      new WebSocket('ws://stranger.example/x').onopen = () => {
        globalThis.intruded = ['socket'];
      };
    },
    'beacon to a stranger': () => {
      navigator.sendBeacon('http://stranger.example/x', 'x');
    },
    'HTML as text': () => {
      const one = document.createElement('div');
      document.body.append(one);
      Reflect.set(one, 'innerHTML', '<img src=x onerror="globalThis.intruded=[1]">');
    },
    'a policy of its own': () => {
      const types: unknown = Reflect.get(globalThis, 'trustedTypes');
      if (typeof types !== 'object' || types === null || !('createPolicy' in types)) return;
      const { createPolicy } = types;
      if (typeof createPolicy !== 'function') return;
      createPolicy.call(types, 'intruder', { createHTML: (html: string) => html });
      globalThis.intruded = ['policy'];
    },
    'a second policy of our name': () => {
      const types: unknown = Reflect.get(globalThis, 'trustedTypes');
      if (typeof types !== 'object' || types === null || !('createPolicy' in types)) return;
      const { createPolicy } = types;
      if (typeof createPolicy !== 'function') return;
      createPolicy.call(types, 'default', { createScript: (code: string) => code });
      globalThis.intruded = ['default policy'];
    },
  };
}

/** From a timer of the page: code that a driver runs itself is let through everything. */
function tryWay(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    setTimeout(() => {
      try {
        globalThis.intruderWays?.[name]?.();
        resolve(false);
      } catch {
        resolve(true);
      }
    });
  });
}

describe('the policy of the pages', () => {
  let cast: Cast;
  let ana: ChromiumPerson;
  let link = '';

  beforeAll(async () => {
    cast = await openCast([{ name: 'Ana', initScripts: [installWays] }]);
    ana = cast.person('Ana');
    link = await makeLink(ana, cast.house);
  }, 300_000);
  afterAll(async () => {
    await cast?.close();
  }, 60_000);

  test('A-79 SEC-18 PBD-8 every way in is tried in the lobby and blocked; the browser reports each', async () => {
    await ana.goto(link);
    await until('the lobby', 20_000, () => ana.sees('textbox', text('lobby.name')));
    expect(await violationsOf(ana)).toEqual([]);
    const quiet: string[] = [];
    const names = await ana.evaluate(() => Object.keys(globalThis.intruderWays ?? {}), undefined);
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const before = (await violationsOf(ana)).length;
      const threw = await ana.evaluate(tryWay, name);
      await sleep(120);
      expect({
        name,
        intruded: await ana.evaluate(() => globalThis.intruded ?? null, undefined),
      }).toEqual({ name, intruded: null });
      if (!threw && (await violationsOf(ana)).length === before) quiet.push(name);
    }
    // Each leaves a report or an exception, else it was not tried at all.
    expect(quiet).toEqual([]);
    expect(new URL(ana.page.url()).host).toBe(cast.house.host);
    const hosts = ana.road.strangers().filter((host) => host.startsWith('stranger.example'));
    expect(hosts).toEqual([]);
  }, 60_000);

  test('A-79 the meeting itself breaks none of its own rules', async () => {
    await ana.goto(cast.house.startAddress());
    await makeLink(ana, cast.house);
    await openMeeting(ana);
    await sleep(2_000);
    expect(await violationsOf(ana)).toEqual([]);
    expect(ana.complaints().filter(({ kind }) => kind === 'crash')).toEqual([]);
  }, 60_000);
});
