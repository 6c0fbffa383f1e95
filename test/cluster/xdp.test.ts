/** The same over XDP: a director whose programs are attached before the kernel takes frames in. */
import { vi } from "vitest";
import { testMethods } from "./support/method-contract.ts";
import { METHODS } from "./support/methods.ts";

vi.setConfig({ testTimeout: 20_000 });

testMethods("xdp", METHODS);
