import "./style/refused.css";
import type { PadIdProblem } from "../session";
import { type RefusedPadText, t } from "../strings";

/** Stands in place of a pad whose name no server takes, and of a link that is none. A chunk of its own, with its words. */
export function RefusedPad({ problem, words }: { problem: PadIdProblem; words: RefusedPadText }) {
  const isLink = problem === "link";
  return (
    <main class="refused">
      <h1>{isLink ? words.headingOfLink : words.heading}</h1>
      <p role="alert">{words.why[problem]}</p>
      <p>{isLink ? words.ruleOfLink : words.rule}</p>
      <p>
        <a class="button" href="./">
          {t.about.newPad}
        </a>
      </p>
    </main>
  );
}
