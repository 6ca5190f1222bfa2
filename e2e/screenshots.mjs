// `npm run screenshots`: pictures of every screen from made-up values. Needs Debian's chromium.
import { register } from 'tsx/esm/api';

register();
const { takePictures } = await import('./screens/take.ts');
await takePictures(process.argv.slice(2));
