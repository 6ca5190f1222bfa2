// Finds what a source file imports, without a compiler. Must not miss an import: what it cannot
// read it reports, and any string that looks like a path of ours counts as one.

const REGEX_AFTER_WORD = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'new',
  'delete',
  'void',
  'throw',
  'do',
  'else',
  'await',
  'yield',
  'instanceof',
]);

function regexMayStart(previous, charBefore) {
  if (charBefore === '<') return false; // a closing JSX tag
  if (previous === undefined) return true;
  if (previous.kind === 'word') return REGEX_AFTER_WORD.has(previous.value);
  return previous.kind === 'mark' && !')]}'.includes(previous.value);
}

/** Index just after a quoted string or regular expression, or -1 when the line ends before it does. */
function endOfQuoted(text, start, quote) {
  let inClass = false;
  for (let i = start + 1; i < text.length; i += 1) {
    const char = text[i];
    if (char === '\n') return -1;
    if (char === '\\') i += 1;
    else if (quote === '/' && char === '[') inClass = true;
    else if (quote === '/' && char === ']') inClass = false;
    else if (char === quote && !inClass) return i + 1;
  }
  return -1;
}

/** Where a template's next part ends: after the closing backtick, or after an opening `${`. */
function endOfTemplatePart(text, start) {
  for (let i = start; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '`') return { end: i + 1, opens: false };
    else if (text[i] === '$' && text[i + 1] === '{') return { end: i + 2, opens: true };
  }
  return undefined;
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.tokens = [];
    this.templates = []; // depth of braces inside each open template
    this.problem = undefined;
  }

  push(kind, value, end) {
    this.tokens.push({ kind, value, at: this.at });
    this.at = end;
  }

  template(start) {
    const part = endOfTemplatePart(this.text, start);
    if (part === undefined) {
      this.problem = 'a template literal that never ends';
      this.at = this.text.length;
      return;
    }
    const whole = start === this.at + 1 && !part.opens && this.text[this.at] === '`';
    const value = this.text.slice(start, part.end - (part.opens ? 2 : 1));
    if (part.opens) this.templates.push(0);
    this.push(whole ? 'string' : 'template', value, part.end);
  }

  comment() {
    const block = this.text[this.at + 1] === '*';
    const end = this.text.indexOf(block ? '*/' : '\n', this.at + 2);
    if (end === -1 && block) this.problem = 'a comment that never ends';
    this.at = end === -1 ? this.text.length : end + (block ? 2 : 1);
  }

  brace(char) {
    const open = this.templates.length - 1;
    if (char === '{' && open >= 0) this.templates[open] += 1;
    if (char === '}' && open >= 0) {
      if (this.templates[open] === 0) {
        this.templates.pop();
        this.template(this.at + 1);
        return;
      }
      this.templates[open] -= 1;
    }
    this.push('mark', char, this.at + 1);
  }

  step() {
    const { text, at } = this;
    const char = text[at];
    if (/\s/.test(char)) this.at += 1;
    else if (char === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) this.comment();
    else if (char === '`') this.template(at + 1);
    else if (char === '{' || char === '}') this.brace(char);
    else if (char === "'" || char === '"') {
      const end = endOfQuoted(text, at, char);
      if (end === -1) this.push('mark', char, at + 1);
      else this.push('string', text.slice(at + 1, end - 1), end);
    } else if (char === '/' && regexMayStart(this.tokens.at(-1), text[at - 1])) {
      const end = endOfQuoted(text, at, '/');
      this.push(end === -1 ? 'mark' : 'regex', char, end === -1 ? at + 1 : end);
    } else {
      const word = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*|^[0-9][\w.]*/u.exec(
        text.slice(at, at + 200),
      );
      if (word) this.push('word', word[0], at + word[0].length);
      else this.push('mark', char, at + 1);
    }
  }
}

/** Splits source text into words, marks and strings; comments are gone. */
export function tokenize(text) {
  const reader = new Reader(text);
  while (reader.at < text.length) reader.step();
  return { tokens: reader.tokens, problem: reader.problem };
}

const LOOKS_OURS = /^(?:\.{1,2}\/|@in-camera\/)/;

function callArgument(tokens, i) {
  const [open, argument, close] = [tokens[i + 1], tokens[i + 2], tokens[i + 3]];
  if (open?.value !== '(' || open.kind !== 'mark') return undefined;
  const literal = argument?.kind === 'string' && (close?.value === ')' || close?.value === ',');
  return literal ? { specifier: argument.value } : { computed: true };
}

function atWord(tokens, i) {
  const token = tokens[i];
  const next = tokens[i + 1];
  const member = tokens[i - 1]?.value === '.' && tokens[i - 1].kind === 'mark';
  if (token.kind !== 'word' || member) return undefined;
  const named = token.value === 'import' || token.value === 'from';
  if (named && next?.kind === 'string') return { specifier: next.value };
  if (token.value === 'import' || token.value === 'require') return callArgument(tokens, i);
  return undefined;
}

/**
 * All specifiers of a file, type imports and mentioned paths included.
 * `kind` is `import`, `mention` (a string that looks like a path of ours) or `problem`.
 */
export function readImports(text) {
  const { tokens, problem } = tokenize(text);
  const lineOf = (at) => text.slice(0, at).split('\n').length;
  const found = [];
  if (problem !== undefined) found.push({ kind: 'problem', specifier: problem, line: 1 });
  const seen = new Set();
  tokens.forEach((token, i) => {
    const hit = atWord(tokens, i);
    if (hit?.computed === true) {
      found.push({ kind: 'problem', specifier: 'a computed import', line: lineOf(token.at) });
    } else if (hit?.specifier !== undefined) {
      seen.add(hit.specifier);
      found.push({ kind: 'import', specifier: hit.specifier, line: lineOf(token.at) });
    }
  });
  for (const token of tokens) {
    if (token.kind !== 'string' || !LOOKS_OURS.test(token.value) || seen.has(token.value)) continue;
    found.push({ kind: 'mention', specifier: token.value, line: lineOf(token.at) });
  }
  return found;
}
