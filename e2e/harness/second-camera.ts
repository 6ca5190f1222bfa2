// A second camera for one Chromium, whose capture file knows only one: a canvas that paints another
// look, offered under a device id of its own. Only the hardware is made up; the choosing is real.
import { text } from '../../web/i18n/i18n.ts';
import { columnsOf } from './look.ts';
import { type Person, until } from './person.ts';

export const SECOND_CAMERA_ID = 14;

export function installSecondCamera(): void {
  const COLOURS = ['rgb(200 50 200)', 'rgb(215 200 50)', 'rgb(50 70 215)', 'rgb(50 70 215)'];
  const DEVICE = 'second-camera';
  const devices = globalThis.navigator.mediaDevices;
  const listNative = devices.enumerateDevices.bind(devices);
  const openNative = devices.getUserMedia.bind(devices);
  const paint = (): MediaStream => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [320, 180];
    const pen = canvas.getContext('2d');
    let frame = 0;
    const draw = (): void => {
      if (pen === null) return;
      COLOURS.forEach((colour, i) => {
        pen.fillStyle = colour;
        pen.fillRect(i * 80, 0, 80, 135);
      });
      pen.fillStyle = 'black';
      pen.fillRect(0, 135, 320, 45);
      pen.fillStyle = 'white';
      pen.fillRect((frame % 16) * 20, 135, 20, 45);
      frame += 1;
    };
    draw();
    const stream = canvas.captureStream(15);
    const timer = setInterval(() => {
      if (stream.getVideoTracks()[0]?.readyState === 'ended') clearInterval(timer);
      else draw();
    }, 66);
    return stream;
  };
  Object.defineProperty(devices, 'enumerateDevices', {
    configurable: true,
    value: async () => {
      const second = {
        deviceId: DEVICE,
        groupId: 'second',
        kind: 'videoinput',
        label: 'Second camera',
      };
      return [...(await listNative()), { ...second, toJSON: () => second }];
    },
  });
  Object.defineProperty(devices, 'getUserMedia', {
    configurable: true,
    value: (asked?: MediaStreamConstraints) => {
      const wanted =
        typeof asked?.video === 'object' ? JSON.stringify(asked.video.deviceId ?? '') : '';
      return wanted.includes(DEVICE) ? Promise.resolve(paint()) : openNative(asked);
    },
  });
}

/** Chosen as a person does it: More, devices, the list of cameras. */
export async function useSecondCamera(person: Person): Promise<void> {
  await person.press('button', new RegExp(`^${text('bar.more')}`));
  await person.press('menuitem', new RegExp(`^${text('more.devices')}`));
  await until('the list of cameras', 10_000, () => person.sees('combobox', text('device.camera')));
  await person.choose(text('device.camera'), 'Second camera');
  await person.press('button', text('dialog.close'));
}

/** The colours above and the code of looks must say the same. */
export const SECOND_CAMERA_COLUMNS = columnsOf(SECOND_CAMERA_ID);
