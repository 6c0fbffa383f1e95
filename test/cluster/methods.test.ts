/** Real TCP and UDP over every forwarding method, IPv4 and IPv6, and tunnels between the families. */
import { vi } from "vitest";
import { testMethods } from "./support/method-contract.ts";
import { METHODS } from "./support/methods.ts";

vi.setConfig({ testTimeout: 20_000 });

testMethods("tc", METHODS);
