/** Rules across the fields of a tunnel. */
import type { TunnelSpec } from "./destination-spec.ts";
import { rulesOf } from "./rule.ts";

const rule = rulesOf<TunnelSpec>();

/** Rules of a tunnel, wherever it stands. */
export const TUNNEL_RULES = [
  rule("port", ["type"], ({ type, port }) => {
    if (type === "gue")
      return port === undefined && "port is missing, wanted the UDP port that the destination takes gue on";
    return port !== undefined && `port is ${port}, wanted none for ${type}`;
  }),
  rule("checksum", ["type"], ({ type, checksum }) => {
    if (type === "ipip")
      return checksum !== "none" && `checksum is "${checksum}", wanted "none": ipip has no checksum`;
    return type === "gre" && checksum === "remote" && 'checksum is "remote", wanted "none" or "full" for gre';
  }),
];
