/** A daemon that forwards nothing and looks busy: `node test/bench/fake-daemon.ts SOCKET [SERVICES]`. For looking at the command line without a cluster. */
import { startApiServer } from "@tandem/engine";
import { createFakeNode } from "../../packages/cli/src/testing/fake-node.ts";
import { fakeServices } from "../../packages/cli/src/testing/fake-services.ts";
import { manyServices } from "../../packages/cli/src/testing/many-services.ts";

const [socketPath = "tandem.sock", count = "3"] = process.argv.slice(2);
const services = async () => (count === "3" ? fakeServices : manyServices(Number(count), Date.now()));
const health = async () => ({ ok: true, why: "" });
await startApiServer({ socketPath, api: createFakeNode({ services }), onBug: console.error, health });
