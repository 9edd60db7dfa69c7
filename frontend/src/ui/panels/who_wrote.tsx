import "../style/who_wrote.css";
import { hueClass } from "../../editor";
import type { Author } from "../../past";
import { hasFingers } from "../base/media";
import { Switch } from "../base/switch";
import { Words } from "../base/words";
import { authorshipIn } from "../pad/authorship_in";
import { historyWords } from "../pad/history_words";
import type { Pad } from "../pad/pad";
import { hideAuthors, nameOfAuthor, showAuthorsOf } from "../pad/who_wrote";

/** The component, once its words are there. */
export async function loadWhoWrote() {
  await historyWords.load();
  return WhoWrote;
}

/** Tints the text by its authors, and says whose colour is whose. */
function WhoWrote({ pad }: { pad: Pad }) {
  const words = historyWords.now.authors;
  const authorship = authorshipIn(pad).value;
  const problem = authorship?.problem.value ?? null;
  const set = (isOn: boolean) => (isOn ? showAuthorsOf(pad) : hideAuthors(pad));
  return (
    <section class="who-wrote">
      <Switch label={words.label} isOn={authorship !== null} set={set} />
      <div role="status">
        {authorship && problem === null && authorship.known.value === 0 && <p class="hint">{words.loading}</p>}
        {problem !== null && (
          <p class="hint">
            <Words text={words.problems[problem] ?? words.otherProblem} />
          </p>
        )}
      </div>
      {authorship && problem === null && <Legend pad={pad} authors={[...authorship.authors.value.values()]} />}
    </section>
  );
}

function Legend({ pad, authors }: { pad: Pad; authors: readonly Author[] }) {
  const words = historyWords.now.authors;
  void pad.session.people.byId.value; // their names
  if (authors.length === 0) return null;
  return (
    <>
      <ul class="legend" aria-label={words.list}>
        {authors.map(({ id }) => {
          const hue = authorshipIn(pad).peek()?.authorOf(id)?.hue ?? null;
          return (
            <li key={id}>
              <span class={`swatch ${hue === null ? "" : hueClass(hue)}`} />
              <span class="name" translate={false}>
                <Words text={nameOfAuthor(pad, id)} />
              </span>
            </li>
          );
        })}
      </ul>
      {!hasFingers && <p class="hint">{words.hint}</p>}
    </>
  );
}
