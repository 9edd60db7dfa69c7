import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadChunk, urlOptions } from "../../browser";
import { loadLanguages } from "../../editor";
import type { Session } from "../../session";
import { watchExpiry } from "../pad/expiry";
import type { Pad } from "../pad/pad";
import { suggestToWriter } from "../text/suggest_to_writer";

/** What is done in a pad without being asked for, and is early enough behind the editor. */
export function Errands({ pad }: { pad: Pad }) {
  useEffect(() => setAskedLanguage(pad.session), [pad]);
  useEffect(() => preparePrint(pad), [pad]);
  useEffect(() => watchExpiry(pad.session, pad.expiry), [pad]);
  useEffect(() => (urlOptions.embed ? undefined : suggestToWriter(pad)), [pad]);
  return null;
}

/** Loads what makes the printed pad, before anybody prints: the browser does not wait for it then. */
function preparePrint(pad: Pad): () => void {
  const stop = loadChunk("print", async () => (await import("../text/print")).printWhole(pad));
  return () => void stop.then((it) => it?.());
}

/** Gives a pad that has no language the one that the address asks for. */
function setAskedLanguage(session: Session): () => void {
  let isDone = urlOptions.language === null;
  return effect(() => {
    if (isDone || session.link.value.kind !== "up" || session.isReadOnly.value) return;
    isDone = true;
    void loadLanguages().then((all) => {
      if (all && session.language.peek() === null) session.setLanguage(all.knownLanguage(urlOptions.language));
    });
  });
}
