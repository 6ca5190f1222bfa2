// Shows that the microphone hears something. The value is made and stays on this device (PBD-5).
import { text } from '../i18n/text.ts';

export function LevelMeter({ level }: { readonly level: number }) {
  const percent = Math.round(Math.min(1, Math.max(0, level)) * 100);
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers do not let a <meter> follow the tokens
    <div
      role="meter"
      aria-label={text('lobby.level')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-2 w-full overflow-hidden rounded-round bg-raised forced-colors:border"
    >
      <div
        className="h-full origin-left rounded-round bg-accent forced-colors:bg-[Highlight]"
        style={{ transform: `scaleX(${percent / 100})` }}
      />
    </div>
  );
}
