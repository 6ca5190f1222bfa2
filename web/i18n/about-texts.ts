// Brings the texts of the plain explanation with it; import it for that alone.
import { aboutTexts } from './en-about.ts';
import { addTexts } from './text.ts';

addTexts(aboutTexts);
