/** One real server as operators write it. */
import { z } from "zod";
import { flag, ipAddress, oneOf, portNumber, wanted, wholeNumber } from "./field.ts";

/** Most destinations, over all services. */
export const MAX_DESTINATIONS = 131_072;
/** Said of more. */
export const destinationsLimit = wanted(`at most ${MAX_DESTINATIONS} destinations over all services`);

/** Field of a forwarding method. */
export const forwardingMethod = oneOf("masquerade", "direct-route", "tunnel", "full-nat", "local");

/** How packets are wrapped on their way to a destination. */
export const TunnelSpec = z.strictObject({
  type: oneOf("ipip", "gue", "gre").default("ipip").describe("Encapsulation; between families, too."),
  port: portNumber.optional().describe("UDP port of the destination; for gue only, and wanted there."),
  checksum: oneOf("none", "full", "remote")
    .default("none")
    .describe("Checksum of the outer header (gue, gre); remote: remote checksum offload (gue only)."),
});
export type TunnelSpec = z.infer<typeof TunnelSpec>;

const threshold = wholeNumber(0, 2_147_483_647).default(0);

/** One real server of a service. */
export const DestinationSpec = z.strictObject({
  address: ipAddress.describe(
    "Address of the real server; of the service's family unless a tunnel leads there.",
  ),
  port: wholeNumber(0, 65_535)
    .optional()
    .describe("Port of the real server; the service's port if absent, and 0 the port of the packet."),
  weight: wholeNumber(0, 2_147_483_647)
    .default(1)
    .describe("Share of new connections; 0 quiesces: established connections go on, new ones avoid it."),
  method: forwardingMethod.optional().describe("Forwarding method; the service's method if absent."),
  listedAs: oneOf("masquerade", "direct-route", "tunnel")
    .optional()
    .describe(
      "Method that ipvsadm was asked for and lists, without effect; with it the port may be one that no packet gets.",
    ),
  tunnel: TunnelSpec.optional().describe("Kind of tunnel; the service's if absent."),
  upperThreshold: threshold.describe("Connections from which on it gets no new ones; 0: no limit."),
  lowerThreshold: threshold.describe(
    "Connections below which it gets new ones again; 0: three quarters of the upper threshold.",
  ),
  drain: flag
    .default(false)
    .describe("Taken out of service: effective weight 0 whatever `weight` says, until undone."),
});
export type DestinationSpec = z.infer<typeof DestinationSpec>;
