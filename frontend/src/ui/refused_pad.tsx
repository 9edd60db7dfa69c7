import type { PadIdProblem } from "../session";
import { t } from "../strings";

/** Stands in place of a pad whose name no server takes. */
export function RefusedPad({ problem }: { problem: PadIdProblem }) {
  return (
    <main class="refused">
      <h1>{t.refusedPad.heading}</h1>
      <p role="alert">{t.refusedPad.why[problem]}</p>
      <p>{t.refusedPad.rule}</p>
      <p>
        <a class="button" href="./">
          {t.about.newPad}
        </a>
      </p>
    </main>
  );
}
