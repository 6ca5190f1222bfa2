// What can be open over or beside the tiles: at most one at a time.
export type Part = 'chat' | 'people' | 'invite' | 'trust' | 'devices' | 'shortcuts' | 'end';
