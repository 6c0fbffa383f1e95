/** How ipvsadm calls forwarding methods. */
import type { ListedServer } from "./table.ts";

/** Full NAT is masquerading to whom looks at the destination; `Local` is the tool's own word, though the kernel lists the method that was asked for even on the loopback. */
const FORWARDS: Readonly<Record<ListedServer["method"], string>> = {
  masquerade: "Masq",
  "full-nat": "Masq",
  local: "Local",
  tunnel: "Tunnel",
  "direct-route": "Route",
};

/** The word in the column `Forward`. */
export const forwardName = (method: ListedServer["method"]): string => FORWARDS[method];
