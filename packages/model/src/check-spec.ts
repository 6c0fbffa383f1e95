/** How destinations are checked. */
import { z } from "zod";
import { patternText, portNumber, wanted, wholeNumber } from "./field.ts";
import { seconds } from "./quantity.ts";

const probe = {
  interval: seconds(0.1, 3600).default(2).describe("Seconds between two checks of one destination."),
  timeout: seconds(0.05, 300).default(1).describe("Seconds after which an unanswered check has failed."),
  rise: wholeNumber(1, 100).default(2).describe("Good results in a row that bring a destination up."),
  fall: wholeNumber(1, 100).default(3).describe("Bad results in a row that take a destination down."),
  port: portNumber.optional().describe("Port to check; the destination's own port if absent."),
};

/** How the destinations of a service are checked. */
export const CheckSpec = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("tcp").describe("Up if it accepts a connection."), ...probe }),
  z.strictObject({
    type: z.literal("http").describe("Up if it answers a GET as wanted."),
    ...probe,
    path: patternText(/^\/[\x21-\x7e]*$/, "a path that starts with /, without spaces")
      .default("/")
      .describe("Path to ask for."),
    host: patternText(/^[\x21-\x7e]+$/, "a host name, without spaces")
      .optional()
      .describe("Host header to send; the checked address and port if absent."),
    status: z
      .array(wholeNumber(100, 599))
      .min(1, wanted("at least one status code"))
      .default([200])
      .describe("Status codes that mean healthy."),
  }),
]);
export type CheckSpec = z.infer<typeof CheckSpec>;
