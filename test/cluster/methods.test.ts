/** Real TCP and UDP, and crafted SCTP, over every forwarding method, IPv4 and IPv6, and tunnels between the families. */
import { vi } from "vitest";
import { testMethods } from "./support/method-contract.ts";
import { METHODS } from "./support/methods.ts";
import { SCTP_SERVICES, testSctp } from "./support/sctp-contract.ts";

vi.setConfig({ testTimeout: 20_000 });

const site = testMethods("tc", METHODS, SCTP_SERVICES);
testSctp(site);
