import { PastTexts } from "../../past";
import { PadRequests } from "../../sharing";
import type { Pad } from "./pad";

/** The history of a pad, from when somebody asks for it. */
export function pastOf(pad: Pad): PastTexts {
  return (pad.past.value ??= new PastTexts(new PadRequests(pad.session, document.baseURI)));
}
