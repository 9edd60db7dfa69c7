import type { RecoveredDraftText } from "./recovered_draft_en";

export const recoveredDraft: RecoveredDraftText = {
  heading: "Änderungen von einem früheren Besuch",
  explain: (n, when) =>
    `${n === 1 ? "1 Änderung" : `${n} Änderungen`} vom ${when} ${n === 1 ? "hat" : "haben"} den Server nie erreicht. In diesem Browser sind sie aufgehoben.`,
  show: "Den Text ansehen",
  text: "Der Text mit diesen Änderungen",
  send: "Das Pad öffnen und sie senden",
  discard: "Verwerfen",
  copy: "Meinen Text kopieren",
};
