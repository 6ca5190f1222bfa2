import { describe, expect, it } from 'vitest';
import { checkRegister, suggest } from './check.mjs';
import { claimsPage } from './claims.mjs';
import { CASE_IDS, CONTROL_IDS, readIds, readTestTitles } from './register.mjs';

// Ids in test names count as evidence, so the ids below stand in texts and never in names.
const FILE = 'crypto/x.test.ts';

function register(change = () => {}) {
  const made = {
    controls: CONTROL_IDS.map((id) => ({
      id,
      statement: 'A sentence that is long enough.',
      sources: ['L1'],
      status: 'later',
      evidence: [],
    })),
    cases: CASE_IDS.map((id) => ({
      id,
      title: 'x',
      controls: ['SEC-1'],
      state: 'later',
      issue: 4,
    })),
    titles: new Map([[FILE, ['A-38 SEC-7 no flipped bit opens']]]),
  };
  change(made);
  return made;
}

const evidence = { file: FILE, name: 'no flipped bit opens' };
const show = (made, id, change) =>
  Object.assign(
    made.controls.find((control) => control.id === id),
    { status: 'shown', evidence: [evidence] },
    change,
  );
const mark = (made, id, change) =>
  Object.assign(
    made.cases.find((entry) => entry.id === id),
    { state: 'tested' },
    change,
  );

describe('the register', () => {
  it('knows 88 controls and 126 cases', () => {
    expect([CONTROL_IDS.length, CASE_IDS.length]).toEqual([88, 126]);
  });

  it('passes when every piece of evidence is a test that exists', () => {
    const made = register((it) => {
      show(it, 'SEC-7');
      mark(it, 'A-38');
    });
    expect(checkRegister(made)).toEqual([]);
  });

  it.each([
    ['a control is missing', (made) => made.controls.pop()],
    ['a control stands twice', (made) => made.controls.push(made.controls[0])],
    ['a case is missing', (made) => made.cases.pop()],
    ['a case is neither tested nor later', (made) => mark(made, 'A-01', { state: 'soon' })],
    ['a tested case is in no test name', (made) => mark(made, 'A-01')],
    [
      'a partly tested case does not say what is open',
      (made) => mark(made, 'A-38', { state: 'partly' }),
    ],
    ['a tested case has something open', (made) => mark(made, 'A-38', { open: 'browsers' })],
    ['a later case has no plan', (made) => delete made.cases[3].issue],
    ['a case names an unknown control', (made) => mark(made, 'A-38', { controls: ['SEC-99'] })],
    [
      'evidence names no test',
      (made) => show(made, 'SEC-7', { evidence: [{ file: FILE, name: 'no such name' }] }),
    ],
    [
      'evidence is in no test file',
      (made) => show(made, 'SEC-7', { evidence: [{ ...evidence, file: 'crypto/x.ts' }] }),
    ],
    [
      'evidence is a letter',
      (made) => show(made, 'SEC-7', { evidence: [{ file: FILE, name: 'n' }] }),
    ],
    ['evidence is malformed', (made) => show(made, 'SEC-7', { evidence: [FILE] })],
    ['shown without evidence', (made) => show(made, 'SEC-7', { evidence: [] })],
    ['shown, yet open', (made) => show(made, 'SEC-7', { open: 'browsers' })],
    ['partly without what is open', (made) => show(made, 'SEC-7', { status: 'partly' })],
    ['later with evidence', (made) => show(made, 'SEC-7', { status: 'later' })],
    ['a field is misspelt', (made) => show(made, 'SEC-7', { evidences: [] })],
    ['a test name carries an id that does not exist', (made) => made.titles.set(FILE, ['A-101 x'])],
  ])('fails when %s', (_name, change) => {
    expect(checkRegister(register(change))).toHaveLength(1);
  });

  it('fails when a case is shown by a release test alone that never ran', () => {
    const made = register((it) => mark(it, 'A-01'));
    const [file, name] = ['e2e/x.release.test.ts', 'A-01 a key that nobody admitted'];
    made.titles.set(file, [name]);
    expect(checkRegister(made)).toEqual([
      `${file}: not run yet; node tools/test.mjs --release ${file}`,
    ]);
    const release = { [file]: { date: '2026-11-27', tests: { [name]: 'passed' } } };
    expect(checkRegister({ ...made, release })).toEqual([]);
  });

  it('suggests what tests carry and the register does not say', () => {
    expect(suggest(register())).toEqual([
      `A-38 is tested in ${FILE}`,
      `SEC-7: ${FILE}: A-38 SEC-7 no flipped bit opens`,
    ]);
    const said = register((made) => {
      show(made, 'SEC-7');
      mark(made, 'A-38');
    });
    expect(suggest(said)).toEqual([]);
  });
});

describe('titles of tests', () => {
  const call = (name) => [name, '('].join('');

  it('reads every way to name one', () => {
    const text = [
      `${call('it')}'one', () => {});`,
      `${call('test')}"two", async () => {});`,
      `${call('it.each')}[['a', (b)]])('three %s', () => {});`,
      `${call('it.concurrent')}\`four \${x} more\`, () => {});`,
      `${call('describe')}'five', () => { ${call('it')}'six', () => {}); });`,
      `${call('scenario')}'seven', run);`,
    ].join('\n');
    expect(readTestTitles(text)).toEqual([
      'one',
      'two',
      'three %s',
      'four ',
      'five',
      'six',
      'seven',
    ]);
  });

  it('leaves out what does not run, comments, and other calls', () => {
    const text = [
      `${call(['it', 'skip'].join('.'))}'a', () => {});`,
      `${call(['it', 'todo'].join('.'))}'b');`,
      `// ${call('it')}'c', () => {});`,
      `${call('pattern.test')}'d');`,
      `${call('it')}name, () => {});`,
    ].join('\n');
    expect(readTestTitles(text)).toEqual([]);
  });

  it('reads whole ids only', () => {
    expect(readIds('A-01, F-26 and KYA-13; not AA-01, A-1, B-01, XSEC-1')).toEqual([
      'A-01',
      'F-26',
      'KYA-13',
    ]);
  });
});

describe('the claims page', () => {
  it('counts and says what is open', () => {
    const made = register((it) => show(it, 'SEC-7', { status: 'partly', open: 'browsers' }));
    const page = claimsPage(made);
    expect(page).toContain('0 of 88 controls are shown, 1 in part, 87 not yet');
    expect(page).toContain('in part; open: browsers');
  });

  it('changes with the register', () => {
    const shown = register((made) => show(made, 'SEC-7'));
    expect(claimsPage(shown)).not.toBe(claimsPage(register()));
  });
});
