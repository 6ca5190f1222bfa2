// The alarms of a meeting as plain text for the person to keep: codes, times and names, no keys.
import type { Alarm } from './model.ts';

export function writeReport(alarms: readonly Alarm[]): string {
  const lines = alarms.map((alarm) => {
    const at = new Date(alarm.atMs).toISOString();
    const who = alarm.who.length > 0 ? `; concerned: ${alarm.who.join(', ')}` : '';
    const by = alarm.by ? `; caused by: ${alarm.by}` : '';
    return `${at} ${alarm.code}: ${alarm.stopped ? 'sending was stopped' : 'refused'}${who}${by}`;
  });
  return ['In Camera, report of one meeting', '', ...lines, ''].join('\n');
}
