/** What did not work of that which is asked of the server about links and the owner. */

import { RightsError } from "../../sharing";

interface Words {
  failed: string;
  codes: Record<string, string>;
  otherCode: (code: string) => string;
}

/** It in a sentence. */
export function sentence(error: unknown, { failed, codes, otherCode }: Words): string {
  const code = error instanceof RightsError ? error.code : "not_copied";
  return `${failed}: ${codes[code] ?? otherCode(code)}.`;
}
