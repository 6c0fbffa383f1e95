import { testChecker } from "../checker.contract.ts";
import { createMemoryNetwork } from "./memory.ts";

testChecker("memory", async () => {
  const { moods, checker } = createMemoryNetwork();
  moods.set("10.0.0.1:80", "healthy").set("10.0.0.3:80", "silent");
  return {
    checker,
    healthy: { address: "10.0.0.1", port: 80 },
    refusing: { address: "10.0.0.2", port: 80 },
    silent: { address: "10.0.0.3", port: 80 },
  };
});
