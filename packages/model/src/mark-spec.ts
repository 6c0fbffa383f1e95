/** Classifier rules: which packets carry a firewall mark. At the tc hook a mark that the packet brings comes first. */
import { z } from "zod";
import { ipPrefix, oneOf, patternText, wholeNumber } from "./field.ts";

/** Most rules; the fast path asks them one by one, for packets that belong to no known connection. */
export const MAX_MARK_RULES = 64;

const portText = patternText(/^\d{1,5}(-\d{1,5})?$/, "a port or a range such as 8000-8099").refine(
  (text) => isRange(portsIn(text)),
  "wanted ports from 0 to 65535, the lower one first",
);

/** YAML reads a single port as a number. */
const portRange = z.preprocess((port) => (typeof port === "number" ? String(port) : port), portText);

/** One rule; the first that matches in all that it names gives the mark. */
export const MarkRuleSpec = z.strictObject({
  mark: wholeNumber(1, 0xffff_ffff).describe("Firewall mark that matching packets get."),
  protocol: oneOf("tcp", "udp", "sctp").optional().describe("Transport protocol; any if absent."),
  source: ipPrefix.optional().describe("Prefix of the client's address."),
  destination: ipPrefix.optional().describe("Prefix of the address that the client talks to."),
  sourcePorts: portRange.optional().describe("Client's port or range of ports."),
  destinationPorts: portRange.optional().describe("Port or range of ports that the client talks to."),
  interface: patternText(/^[^\s/]{1,15}$/, "the name of an interface")
    .optional()
    .describe("Interface that the packet comes in by."),
});
export type MarkRuleSpec = z.infer<typeof MarkRuleSpec>;

/** First and last port of `8000-8099` or `80`. */
export function portsIn(range: string): [number, number] {
  const [first, last] = range.split("-").map(Number);
  return [first!, last ?? first!];
}

const isRange = ([first, last]: [number, number]): boolean => first <= last && last <= 65_535;
