// Made-up people for the gallery: short names, very long ones, several scripts.
import type { Person } from '../../web/call/model.ts';

export const NAMES = [
  'Ana Keller',
  'Ben Osei',
  'Mei Lin',
  'Dr Sofia Marchetti',
  'Jonas',
  'Tom Becker',
  'Ada Nwosu',
  'Priya Raman',
  'Luca Ferri',
  'Noor Haddad',
  'Eva Lindqvist',
  'Kofi Mensah',
  'Ines Duarte',
  'Yuki Tanaka',
  'Peter Novak',
  'Zoe Martin',
];

export const HARD_NAMES = [
  'Maximiliane-Theodora von und zu Hohenlohe-Schillingsfürst III',
  '欧阳婷婷与司马相如的远房表亲',
  'ليلى عبد الرحمن الحداد',
  'Ĝŕéĝóŕý Ñúñéž',
  'Al',
];

export function person(index: number, more: Partial<Person> = {}): Person {
  return {
    id: `person-${index}`,
    leaf: index,
    name: NAMES[index % NAMES.length] ?? '',
    you: false,
    role: index === 0 ? 'host' : 'guest',
    mark: index === 0 ? { kind: 'host' } : { kind: 'admitted', by: 'Ana Keller' },
    hand: false,
    microphone: index % 3 === 1 ? 'off' : 'on',
    speaking: false,
    sameName: false,
    presence: 'here',
    ...more,
  };
}
