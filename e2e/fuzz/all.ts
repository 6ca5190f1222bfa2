// All readers of a stranger's bytes, and how many cases each is given of a number in all.
import { loadHere } from '@in-camera/crypto/people.testkit.ts';
import type { Target } from './fuzz.ts';
import { doorSide } from './targets-doors.ts';
import { groupSide } from './targets-group.ts';
import { textSide } from './targets-texts.ts';

export async function allTargets(): Promise<Target[]> {
  await loadHere();
  return [...(await doorSide()), ...groupSide(), ...(await textSide())];
}

export function casesOf(targets: readonly Target[], total: number): Map<Target, number> {
  const shares = targets.reduce((sum, target) => sum + target.share, 0);
  return new Map(targets.map((one) => [one, Math.ceil((total * one.share) / shares)]));
}
