import { once } from "node:events";
import { Client, credentials, status } from "@grpc/grpc-js";
import { service } from "grpc-health-check";
import { expect, onTestFinished, test } from "vitest";
import { reflect } from "./testing/reflecting-client.ts";
import { serveSample } from "./testing/served.ts";

/** A server whose health the test sets. */
async function serveHealth(ok: boolean) {
  const health = { ok, why: "" };
  const { target } = await serveSample({}, { health: async () => ({ ...health }) });
  return { target, health };
}

for (const name of ["", "tandem.v1.Node"]) {
  for (const [ok, wanted] of [
    [true, "SERVING"],
    [false, "NOT_SERVING"],
  ] as const) {
    test(`the health of "${name}" is ${wanted} while its node is ${ok ? "" : "not "}ready`, async () => {
      const { call } = await reflect((await serveHealth(ok)).target, "v1");
      expect(await call("grpc.health.v1.Health", "Check", { service: name })).toEqual([{ status: wanted }]);
    });
  }
}

test("the health of a service that there is not is NOT_FOUND", async () => {
  const { call } = await reflect((await serveHealth(true)).target, "v1");
  const asked = call("grpc.health.v1.Health", "Check", { service: "tandem.v2.Node" });
  await expect(asked).rejects.toMatchObject({ code: status.NOT_FOUND });
});

test("the health that is watched is told at once, and when it changes", async () => {
  const { target, health } = await serveHealth(true);
  const client = new Client(target, credentials.createInsecure());
  onTestFinished(() => client.close());
  const { path, requestSerialize, responseDeserialize } = service.Watch!;
  const watch = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service: "" });
  onTestFinished(() => watch.cancel());
  watch.on("error", () => {});
  expect(await once(watch, "data")).toEqual([{ status: "SERVING" }]);
  health.ok = false;
  expect(await once(watch, "data")).toEqual([{ status: "NOT_SERVING" }]);
});
