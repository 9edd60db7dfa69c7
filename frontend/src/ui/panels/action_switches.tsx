import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadChunk } from "../../browser";
import type { ActionId } from "../../strings";
import { type Action, loadActions } from "../actions/actions";
import { Switch } from "../base/switch";
import type { Pad } from "../pad/pad";

/** Actions that switch something on and off, as switches. */
export function ActionSwitches({ pad, ids }: { pad: Pad; ids: readonly ActionId[] }) {
  const actions = useSignal<readonly Action[]>([]);
  // Drawn anew after each: the browser may not allow what somebody has switched on.
  const done = useSignal(0);
  void done.value;
  const run = async (action: Action) => {
    await action.run(pad);
    done.value += 1;
  };
  useEffect(() => void loadChunk("actions", loadActions).then((all) => (actions.value = all ?? [])), []);
  const shown = actions.value.filter(({ id, isOffered }) => ids.includes(id) && (isOffered?.(pad) ?? true));
  return (
    <>
      {shown.map((action) => (
        <Switch key={action.id} label={action.words()} isOn={action.isOn?.(pad) ?? false} set={() => void run(action)} />
      ))}
    </>
  );
}
