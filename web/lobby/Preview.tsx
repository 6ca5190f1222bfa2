// What others would see and hear, shown to the person alone. Dark on every page, like the room.
import { Video as Camera, VideoOff as CameraOff, Mic, MicOff } from 'lucide-react';
import type { CallActions, LobbyView, Own } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { DeviceFields } from '../ui/DeviceFields.tsx';
import { Fold } from '../ui/Fold.tsx';
import { SaveDataSwitch } from '../ui/SaveDataSwitch.tsx';
import { Video } from '../ui/Video.tsx';
import { DeviceSwitch } from './DeviceSwitch.tsx';
import { LevelMeter } from './LevelMeter.tsx';

type Actions = Pick<CallActions, 'turnMicrophone' | 'turnCamera' | 'chooseDevice' | 'saveData'>;
type Props = { readonly lobby: LobbyView; readonly actions: Actions };

export function Preview({ lobby, actions }: Props) {
  const { own, preview, level } = lobby;
  return (
    <section
      data-dark
      className="flex min-w-0 flex-col overflow-hidden bg-surface md:col-start-1 md:row-span-2 md:row-start-1 md:rounded-l-surface"
    >
      <div className="relative flex min-h-36 md:min-h-44 flex-1 flex-col items-center justify-center overflow-hidden px-6 py-8 text-center">
        {preview ? (
          <Video track={preview} label={text('lobby.preview.label')} mirrored />
        ) : (
          <Words own={own} />
        )}
        {preview ? (
          <p className="absolute bottom-3 left-3 rounded-small bg-ground/85 px-2.5 py-1 text-small font-bold">
            {text('lobby.preview')}
          </p>
        ) : null}
      </div>
      {level === undefined ? null : (
        <div className="flex flex-col gap-1.5 px-5 py-3">
          <LevelMeter level={level} />
          <p className="text-small text-quiet">{text('lobby.level.hint')}</p>
        </div>
      )}
      <Failures own={own} />
      <div className="flex divide-x divide-line border-t border-line">
        <DeviceSwitch
          label={text('device.microphone')}
          device={own.microphone}
          icon={<Mic size={20} />}
          iconOff={<MicOff size={20} />}
          onTurn={actions.turnMicrophone}
        />
        <DeviceSwitch
          label={text('device.camera')}
          device={own.camera}
          icon={<Camera size={20} />}
          iconOff={<CameraOff size={20} />}
          onTurn={actions.turnCamera}
        />
      </div>
      <div className="border-t border-line px-4">
        <Fold title={text('device.choose')}>
          <DeviceFields
            choices={{
              microphone: own.devices.microphones,
              camera: own.devices.cameras,
              speaker: own.devices.speakers,
            }}
            chosen={own.devices.chosen}
            onChoose={actions.chooseDevice}
          />
          <SaveDataSwitch on={own.saveData} onChange={actions.saveData} />
        </Fold>
      </div>
    </section>
  );
}

function Words({ own }: { readonly own: Own }) {
  if (own.camera.kind === 'starting') return <p>{text('lobby.camera.starting')}</p>;
  const heard = own.microphone.kind === 'on' || own.microphone.kind === 'held';
  return (
    <>
      <p className="font-bold">{text(heard ? 'lobby.heard' : 'lobby.unseen')}</p>
      <p className="text-quiet">{text(heard ? 'lobby.heard.hint' : 'lobby.unseen.hint')}</p>
    </>
  );
}

function Failures({ own }: { readonly own: Own }) {
  const failed = (['microphone', 'camera'] as const).flatMap((kind) => {
    const device = own[kind];
    return device.kind === 'failed' ? [text(`device.fail.${kind}.${device.why}`)] : [];
  });
  return (
    <div role="alert" className="empty:hidden">
      {failed.map((words) => (
        <p key={words} className="px-5 py-3 text-warn">
          {words}
        </p>
      ))}
    </div>
  );
}
