// Which leaf is good (protocol.md, The member rule). Everyone checks every leaf, joiners included.
import {
  type Admission,
  type AdmissionReader,
  readAdmission,
  type Serial,
  serialKey,
} from './admission.ts';
import { ByteReader, CodecError, equalBytes } from './bytes.ts';
import type { Charter } from './charter.ts';
import { type GroupContext, isCarried, isClosed } from './group-context.ts';
import type { KeyPackageView, LeafView } from './mls/index.ts';
import { isGoodEd25519Key, isGoodHpkeKey } from './signing.ts';

export const CREDENTIAL_TYPE = 0xf0a2;

/** One leaf of the tree with the admission it carries. */
export type Member = {
  readonly leaf: LeafView;
  readonly admission: Admission;
  readonly attempt: number;
};

export type LeafFault =
  | 'credential-type'
  | 'no-admission' // not signed by the authority: a ghost
  | 'other-meeting'
  | 'other-key' // the admission names another leaf key
  | 'bad-key'
  | 'bad-attempt'
  | 'closed'
  | 'old-era'
  | 'already-seated'
  | 'attempt-not-higher'
  | 'bad-package';

export type Verdict<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: LeafFault };
const bad = (fault: LeafFault): { ok: false; fault: LeafFault } => ({ ok: false, fault });

/** What a leaf is judged against. */
export type Ground = {
  readonly charter: Charter;
  readonly occurrence: number;
  readonly context: GroupContext;
  /** Remembers what it verified; without it every credential is verified anew. */
  readonly read?: AdmissionReader;
};

/** u32 in the leaf extension, or undefined for any other bytes. */
export function readAttempt(bytes: Uint8Array): number | undefined {
  try {
    const reader = new ByteReader(bytes);
    const attempt = reader.u32();
    reader.end();
    return attempt;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** The rule for any leaf, wherever it stands. */
export function checkLeaf(leaf: LeafView, ground: Ground): Verdict<Member> {
  if (leaf.credentialType !== CREDENTIAL_TYPE) return bad('credential-type');
  const read = ground.read ?? ((bytes) => readAdmission(ground.charter.authorityKey, bytes));
  const admission = read(leaf.credential);
  if (admission === undefined) return bad('no-admission');
  const here =
    equalBytes(admission.meetingId, ground.charter.meetingId) &&
    admission.occurrence === ground.occurrence;
  if (!here) return bad('other-meeting');
  if (!equalBytes(admission.leafKey, leaf.signatureKey)) return bad('other-key');
  if (!isGoodEd25519Key(leaf.signatureKey) || !isGoodHpkeKey(leaf.encryptionKey))
    return bad('bad-key');
  const attempt = readAttempt(leaf.attempt);
  if (attempt === undefined) return bad('bad-attempt');
  if (isClosed(ground.context, admission, leaf.signatureKey)) return bad('closed');
  return { ok: true, value: { leaf, admission, attempt } };
}

/** Every leaf of a tree: all good, no serial twice, no key twice. The first fault names its leaf. */
export function checkTree(
  leaves: readonly LeafView[],
  ground: Ground,
):
  | { readonly ok: true; readonly members: readonly Member[] }
  | { readonly ok: false; readonly fault: LeafFault; readonly leaf: number } {
  const members: Member[] = [];
  const serials = new Set<string>();
  for (const leaf of leaves) {
    const verdict = checkLeaf(leaf, ground);
    if (!verdict.ok) return { ok: false, fault: verdict.fault, leaf: leaf.index };
    const { admission } = verdict.value;
    const twice =
      serials.has(serialKey(admission)) ||
      members.some((other) => equalBytes(other.leaf.signatureKey, leaf.signatureKey));
    if (twice) return { ok: false, fault: 'already-seated', leaf: leaf.index };
    serials.add(serialKey(admission));
    members.push(verdict.value);
  }
  return { ok: true, members };
}

export type Seating =
  | { readonly kind: 'new'; readonly member: Member }
  | { readonly kind: 'rejoin'; readonly member: Member; readonly replaces: Member };

/** The further rule for an Add: a new admission of the current era, or a rejoin with a higher attempt. */
export function checkAdd(
  keyPackage: KeyPackageView,
  members: readonly Member[],
  ground: Ground,
): Verdict<Seating> {
  const exact =
    keyPackage.suite === ground.charter.suite &&
    keyPackage.lifetimeExact &&
    keyPackage.capabilitiesExact &&
    keyPackage.extensionsExact;
  if (!exact) return bad('bad-package');
  const verdict = checkLeaf(keyPackage.leaf, ground);
  if (!verdict.ok) return verdict;
  const member = verdict.value;
  const same = (other: Serial) => serialKey(other) === serialKey(member.admission);
  const replaces = members.find((other) => same(other.admission));
  if (replaces) {
    if (!equalBytes(replaces.leaf.signatureKey, member.leaf.signatureKey))
      return bad('already-seated');
    if (member.attempt <= replaces.attempt) return bad('attempt-not-higher');
    return { ok: true, value: { kind: 'rejoin', member, replaces } };
  }
  if (members.some((other) => equalBytes(other.leaf.signatureKey, member.leaf.signatureKey)))
    return bad('already-seated');
  const current =
    member.admission.era === ground.context.era || isCarried(ground.context, member.admission);
  return current ? { ok: true, value: { kind: 'new', member } } : bad('old-era');
}
