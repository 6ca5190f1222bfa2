// What a person chose, remembered on this device only: devices, and small pictures to save data.
// One entry of localStorage, `in-camera.choices`; nothing of a meeting is in it.
import * as z from 'zod/mini';

const KEY = 'in-camera.choices';
const id = z.optional(z.string().check(z.maxLength(200)));
const schema = z.object({
  microphone: id,
  camera: id,
  speaker: id,
  saveData: z.optional(z.boolean()),
});
export type Choices = z.infer<typeof schema>;

export function readChoices(): Choices {
  try {
    const parsed = schema.safeParse(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

export function keepChoices(choices: Choices): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(choices));
  } catch {
    // A browser that keeps nothing: the choice holds until the page goes.
  }
}
