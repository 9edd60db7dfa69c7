import type { RefusedPadText } from "./refused_pad_en";

export const refusedPad: RefusedPadText = {
  heading: "So kann kein Pad heißen",
  headingOfLink: "Dieser Link ist nicht ganz",
  why: {
    too_long: "Der Name in der Adresse ist zu lang.",
    slash: "Der Name in der Adresse enthält einen Schrägstrich.",
    control: "Der Name in der Adresse enthält ein Steuerzeichen.",
    dots: "Der Name in der Adresse bedeutet einen Ordner.",
    link: "Ein Teil davon fehlt, oder es ist zu viel daran.",
  },
  ruleOfLink: "Kopieren Sie ihn noch einmal ganz, oder fragen Sie, wer ihn Ihnen gab.",
  rule: "Namen haben bis zu 128 Bytes, ohne Schrägstriche und Steuerzeichen. Prüfen Sie den Link, oder beginnen Sie ein neues Pad.",
};
