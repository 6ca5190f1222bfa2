// Brings the texts of the meeting with it; import it for that alone.
import { alarmTexts } from './en-alarms.ts';
import { roomTexts } from './en-room.ts';
import { addTexts } from './text.ts';

addTexts({ ...roomTexts, ...alarmTexts });
