// All texts at once, for tests; the product loads the meeting's with the meeting.
import './about-texts.ts';
import './room-texts.ts';

export * from './text.ts';
