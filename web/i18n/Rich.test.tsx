import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import './i18n.ts';
import { Rich } from './Rich.tsx';

describe('Rich', () => {
  it('puts words into their element', () => {
    const html = renderToStaticMarkup(
      <Rich id="knock.one" parts={{ b: <b /> }} values={{ name: 'Tom' }} />,
    );
    expect(html).toBe('<b>Tom</b> is knocking.');
  });

  it('A-51 shows tags in a name as text', () => {
    const html = renderToStaticMarkup(
      <Rich id="knock.one" parts={{ b: <b /> }} values={{ name: 'x</b><b>y<img src=x>' }} />,
    );
    expect(html).toBe('<b>x&lt;/b&gt;&lt;b&gt;y&lt;img src=x&gt;</b> is knocking.');
  });
});
