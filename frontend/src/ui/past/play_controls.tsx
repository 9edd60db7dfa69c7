import { Icon } from "../base/icon";
import { Words } from "../base/words";
import { historyWords } from "../pad/history_words";
import type { Pad } from "../pad/pad";
import { type Player, SPEEDS } from "./player";

/** Plays what was typed, and stops it. */
export function PlayControls({ pad, player }: { pad: Pad; player: Player }) {
  const words = historyWords.now;
  const isPlaying = player.isPlaying.value;
  const toggle = () => {
    if (isPlaying) player.pause();
    else player.play().catch(() => pad.notify(words.otherTextProblem));
  };
  return (
    <div class="row play">
      <button type="button" onClick={toggle}>
        <Icon path={isPlaying ? "M8 5v14M16 5v14" : "M7 5l12 7-12 7z"} />
        <Words text={isPlaying ? words.pause : words.play} />
      </button>
      <select
        aria-label={words.speed}
        title={words.speed}
        value={player.speed.value}
        onChange={(event) => (player.speed.value = SPEEDS[event.currentTarget.selectedIndex]!)}
      >
        {SPEEDS.map((it) => (
          <option key={it} value={it}>
            {words.times(it)}
          </option>
        ))}
      </select>
      {player.isStuck.value && (
        <span class="hint" role="status">
          <Words text={words.waiting} />
        </span>
      )}
    </div>
  );
}
