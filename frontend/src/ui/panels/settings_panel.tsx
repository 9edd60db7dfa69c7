import { effect } from "@preact/signals";
import {
  FONT_SIZES,
  LOCALES,
  searchWithout,
  settings,
  SPELLINGS,
  setSettings,
  TAB_SIZES,
  THEMES,
} from "../../browser";
import { LateWords, localeFor, t } from "../../strings";
import type { Pad } from "../pad/pad";
import { Switch } from "../base/switch";
import { Words } from "../base/words";
import { ActionSwitches } from "./action_switches";

/** Loaded with the panel. */
export const settingsWords = new LateWords(() => t.settings());

/** Changes the settings of this person. */
export function SettingsPanel({ pad }: { pad: Pad }) {
  const { theme, locale, wrap, fontSize } = settings.value;
  const words = settingsWords.now;
  return (
    <div class="settings">
      <h3>{words.groups.page}</h3>
      <Choice label={words.theme} value={theme} choices={THEMES} name={(it) => words.themes[it]} set={(it) => setSettings({ theme: it })} />
      <Choice label={words.locale} value={locale} choices={LOCALES} name={(it) => words.locales[it]} set={(it) => speak(it, pad)} />
      <ActionSwitches pad={pad} ids={["tellOfJoins", "keepTexts"]} />
      <h3>{words.groups.text}</h3>
      <Choice label={words.fontSize} value={fontSize} choices={FONT_SIZES} name={String} set={(it) => setSettings({ fontSize: it })} />
      <Switch label={words.wrap} isOn={wrap} set={(on) => setSettings({ wrap: on })} />
      {!pad.session.access.isReader.value && <Typing pad={pad} />}
    </div>
  );
}

/** Those for who writes. */
function Typing({ pad }: { pad: Pad }) {
  const { tabSize, tabs, detect, closeBrackets, spelling, vim } = settings.value;
  const found = pad.editor.value?.indentation.value;
  const words = settingsWords.now;
  return (
    <>
      <h3>{words.groups.typing}</h3>
      <Choice label={words.spelling} value={spelling} choices={SPELLINGS} name={(it) => words.spellings[it]} set={(it) => setSettings({ spelling: it })} />
      <Choice label={words.tabSize} value={tabSize} choices={TAB_SIZES} name={String} set={(it) => setSettings({ tabSize: it })} />
      <Switch label={words.tabs} isOn={tabs} set={(on) => setSettings({ tabs: on })} />
      <Switch label={words.detect} isOn={detect} set={(on) => setSettings({ detect: on })} />
      {detect && found && (
        <p class="hint">
          <Words text={found.tabs ? words.foundTabs : words.foundSpaces(found.size)} />
        </p>
      )}
      <Switch label={words.closeBrackets} isOn={closeBrackets} set={(on) => setSettings({ closeBrackets: on })} />
      <Switch label={words.vim} isOn={vim} set={(on) => setSettings({ vim: on })} />
    </>
  );
}

/** Ends the wait for the moment in which the page may be loaded anew; does nothing while there is none. */
let stayAsItIs = (): void => {};

/** Changes the language of the page. Words that are on the screen do not change, so the
 * page is loaded anew, as soon as nothing is lost by it. The choice counts more than
 * what the address asked for, and the last choice more than those before. */
function speak(locale: (typeof LOCALES)[number], { session, notify }: Pad): void {
  stayAsItIs();
  setSettings({ locale });
  history.replaceState(null, "", location.pathname + searchWithout(location.search, "lang") + location.hash);
  const wanted = locale === "system" ? localeFor(navigator.languages) : locale;
  if (wanted === t.locale) return;
  if (session.unsaved.value > 0) notify(settingsWords.now.localeLater);
  let isWanted = true;
  const beginAnew = async () => {
    await session.onPageHide();
    if (isWanted && session.unsaved.value === 0) location.reload();
  };
  const stop = effect(() => {
    if (session.unsaved.value === 0) void beginAnew();
  });
  stayAsItIs = () => {
    isWanted = false;
    stop();
  };
}

interface ChoiceProps<T> {
  label: string;
  value: T;
  choices: readonly T[];
  name: (choice: T) => string;
  set: (choice: T) => void;
}

function Choice<T extends string | number>({ label, value, choices, name, set }: ChoiceProps<T>) {
  return (
    <label class="setting">
      {label}
      <select value={value} onChange={(event) => set(choices[event.currentTarget.selectedIndex]!)}>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {name(choice)}
          </option>
        ))}
      </select>
    </label>
  );
}
