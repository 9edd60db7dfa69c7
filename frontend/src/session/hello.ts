/** The first message of a tab on each connection. */

import type { Sync } from "../sync";
import type { Hello } from "../wire";
import { linkOf } from "./address";
import type { PadState } from "./pad_state";

/** Who we are, by what right we come, and where our copy stands. */
export function helloOf(padId: string, token: string, state: PadState, sync: Sync): Hello {
  const { access, protection } = state;
  const [link, owner] = [linkOf(padId), access.owner.value];
  return {
    client: token,
    otp: link === null ? protection.otp.value : null, // the link is enough
    ...(link !== null && { link }),
    ...(owner !== null && { owner }),
    ...sync.position,
    order: "author",
    comments: true,
    ...state.introduction,
  };
}
