import { useSignal } from "@preact/signals";
import type { ComponentChildren, TargetedFocusEvent } from "preact";
import { ProtectionError, type Session } from "../../session";
import type { ShareText } from "../../strings";
import { CopyButton } from "../base/copy_button";
import { Words } from "../base/words";

type PasswordText = ShareText["password"];

interface Props {
  session: Session;
  words: PasswordText;
  notify: (text: string) => void;
}

/** Switches the password on and off, shows it, and makes another one. */
export function PasswordPart({ session, words, notify }: Props) {
  const password = session.acceptedOtp.value;
  const isOn = password !== null;
  const isBusy = useSignal(false);
  const isIdle = isBusy.value || session.link.value.kind !== "up" || session.isReadOnly.value;
  const change = async (ask: () => Promise<void>, done?: string) => {
    isBusy.value = true;
    try {
      await ask();
      if (done) notify(done);
    } catch (error) {
      notify(failure(error, words));
    } finally {
      isBusy.value = false;
    }
  };
  const toggle = async (box: HTMLInputElement) => {
    await change(() => (isOn ? session.unprotect() : session.protect()));
    box.checked = session.acceptedOtp.value !== null;
  };
  return (
    <section aria-label={words.heading}>
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          checked={isOn}
          // "disabled" would throw out the keyboard that has just pressed it.
          aria-disabled={isIdle}
          aria-busy={isBusy.value}
          onClick={(event) => isIdle && event.preventDefault()}
          onChange={(event) => toggle(event.currentTarget)}
        />
        {words.label}
      </label>
      <p class="hint">
        <Words text={isOn ? words.on : words.off} />
      </p>
      {isOn && (
        <Password password={password} words={words}>
          <button
            type="button"
            aria-disabled={isIdle}
            onClick={() => isIdle || void change(() => session.protect(), words.renewed)}
          >
            {words.renew}
          </button>
        </Password>
      )}
    </section>
  );
}

interface PasswordProps {
  password: string;
  words: PasswordText;
  children: ComponentChildren;
}

/** The password, hidden until somebody wants to see it: others may look at the same screen. */
function Password({ password, words, children }: PasswordProps) {
  const isShown = useSignal(false);
  const field = {
    readOnly: true,
    autocomplete: "off",
    "aria-label": words.password,
    value: password,
    translate: false,
    onFocus: (event: TargetedFocusEvent<HTMLInputElement>) => event.currentTarget.select(),
  };
  return (
    <>
      <div class="row">
        {isShown.value ? <input type="text" {...field} /> : <input type="password" {...field} />}
        <button type="button" onClick={() => (isShown.value = !isShown.value)}>
          {isShown.value ? words.hide : words.show}
        </button>
      </div>
      <div class="row wrap">
        <CopyButton text={() => password} label={words.copy} />
        {children}
      </div>
    </>
  );
}

function failure(error: unknown, words: PasswordText): string {
  const code = error instanceof ProtectionError ? error.code : "internal";
  return `${words.failed}: ${words.codes[code] ?? words.otherCode(code)}`;
}
