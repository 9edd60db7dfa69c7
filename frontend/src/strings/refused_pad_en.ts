/** The words for an address that no pad can have. */
export const refusedPad = {
  heading: "No pad can have this name",
  headingOfLink: "This link is not whole",
  why: {
    too_long: "The name in the address is too long.",
    slash: "The name in the address holds a slash.",
    control: "The name in the address holds a control character.",
    dots: "The name in the address means a folder.",
    link: "A part of it is missing, or there is too much of it.",
  },
  ruleOfLink: "Copy it once more as a whole, or ask whoever gave it to you.",
  rule: "Names have up to 128 bytes, without slashes or control characters. Check the link, or begin a new pad.",
};

export type RefusedPadText = typeof refusedPad;
