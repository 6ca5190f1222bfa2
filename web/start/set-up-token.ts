// Where the set-up token waits, until accounts exist: in this tab's session only, never in the address
// bar and never kept longer than the tab.
const KEY = 'in-camera.set-up-token';
const SHAPE = /^[\w-]{8,200}$/;

const asToken = (text: string | undefined) => (text && SHAPE.test(text) ? text : undefined);

export function readToken(): string | undefined {
  try {
    return asToken(sessionStorage.getItem(KEY) ?? undefined);
  } catch {
    return undefined;
  }
}

/** Keeps a token that looks like one; returns it, or nothing when it does not. */
export function keepToken(text: string): string | undefined {
  const token = asToken(text);
  try {
    if (token !== undefined) sessionStorage.setItem(KEY, token);
  } catch {
    // Storage is blocked: the token serves until the page goes.
  }
  return token;
}
