import { useSignal } from "@preact/signals";
import { ProtectionError, type Session } from "../../session";
import { t } from "../../strings";
import { CopyButton } from "../base/copy_button";
import { Words } from "../base/words";

/** Switches the password on and off, and shows it. */
export function Protection({ session, notify }: { session: Session; notify: (text: string) => void }) {
  const isOn = session.acceptedOtp.value !== null;
  const isBusy = useSignal(false);
  const isIdle = isBusy.value || session.link.value.kind !== "up" || session.isReadOnly.value;
  const toggle = async (box: HTMLInputElement) => {
    isBusy.value = true;
    try {
      await (isOn ? session.unprotect() : session.protect());
    } catch (error) {
      notify(failure(error));
    } finally {
      isBusy.value = false;
      box.checked = session.acceptedOtp.value !== null;
    }
  };
  return (
    <section aria-label={t.protection.heading}>
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
        {t.protection.label}
      </label>
      <p class="hint">
        <Words text={isOn ? t.protection.on : t.protection.off} />
      </p>
      {isOn && (
        <p class="password">
          <span>
            {t.protection.password} <code key={session.acceptedOtp.value} translate={false}>
              {session.acceptedOtp.value}
            </code>
          </span>
          <CopyButton text={() => session.acceptedOtp.peek() ?? ""} label={t.protection.copy} />
        </p>
      )}
    </section>
  );
}

function failure(error: unknown): string {
  const code = error instanceof ProtectionError ? error.code : "internal";
  return `${t.protection.failed}: ${t.protection.codes[code] ?? t.protection.otherCode(code)}`;
}
