import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { idOfLink, shareLink } from "../../session";
import type { LinksText } from "../../strings";
import { CopyButton } from "../base/copy_button";
import { QrCode } from "./qr_code";

interface Props {
  name: string;
  token: string;
  /** True: it was made just now. */
  isNew: boolean;
  words: LinksText;
  close: () => void;
}

/** A link with its address, to copy and as a code to point a camera at. */
export function LinkShown({ name, token, isNew, words, close }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const hasCode = useSignal(false);
  const address = shareLink(document.baseURI, { id: idOfLink(token), otp: null });
  useEffect(() => field.current!.focus(), [token]);
  return (
    <div class="link-shown" role="group" aria-label={words.address(name)}>
      <p role="status">{isNew ? words.made : words.shown}</p>
      <input
        ref={field}
        type="text"
        readOnly
        aria-label={words.address(name)}
        value={address}
        translate={false}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="row wrap">
        <CopyButton text={() => address} label={words.copy} class="primary" />
        <button type="button" aria-expanded={hasCode.value} onClick={() => (hasCode.value = !hasCode.value)}>
          {words.code}
        </button>
        <button type="button" onClick={close}>
          {words.done}
        </button>
      </div>
      {hasCode.value && <QrCode text={address} label={words.codeOf(name)} missing={words.codeMissing} />}
    </div>
  );
}
