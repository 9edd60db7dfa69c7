import "../style/question.css";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

interface Props {
  /** The button that leads to the question, and its name for those who do not see what is around it. */
  label: string;
  longLabel?: string;
  quiet?: boolean;
  question: string;
  yes: string;
  no: string;
  isIdle: boolean;
  act: () => void;
}

/** A button for what cannot be taken back: it asks once, in its own place. The keyboard is on the answer that changes
 * nothing, and goes back to the button with it. */
export function Question({ label, longLabel, quiet = false, question, yes, no, isIdle, act }: Props) {
  const isAsked = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const leave = () => {
    isAsked.value = false;
    requestAnimationFrame(() => button.current?.focus());
  };
  if (!isAsked.value) {
    const ask = () => void (isAsked.value = !isIdle);
    return (
      <button ref={button} type="button" class={quiet ? "quiet" : ""} aria-label={longLabel} aria-disabled={isIdle} onClick={ask}>
        {label}
      </button>
    );
  }
  const answer = () => {
    leave();
    act();
  };
  return <Answers question={question} yes={yes} no={no} leave={leave} answer={answer} />;
}

type AnswersProps = Pick<Props, "no" | "question" | "yes"> & { leave: () => void; answer: () => void };

function Answers({ question, yes, no, leave, answer }: AnswersProps) {
  const stay = useRef<HTMLButtonElement>(null);
  useEffect(() => stay.current!.focus(), []);
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // the dialog around it stays
    event.stopPropagation();
    leave();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape anywhere in it means no
    <div class="question" role="group" aria-label={question} onKeyDown={press}>
      <p>{question}</p>
      <button type="button" class="danger" onClick={answer}>
        {yes}
      </button>
      <button ref={stay} type="button" onClick={leave}>
        {no}
      </button>
    </div>
  );
}
