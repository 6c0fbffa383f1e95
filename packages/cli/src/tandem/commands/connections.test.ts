import { expect, test } from "vitest";
import { fakeConnection } from "../../testing/fake-node.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

test("connections shows as many as asked for, and that there are more", async () => {
  expect((await tandem("connections -n 2")).out).toBe(
    `PROTO  STATE        CLIENT              VIRTUAL        DESTINATION    METHOD       EXPIRES IN  OWNER        IN       OUT
tcp    ESTABLISHED  198.51.100.0:40000  192.0.2.10:80  10.0.0.1:8080  masquerade  14 min 59 s  lb1         0 B       0 B
tcp    ESTABLISHED  198.51.100.1:40001  192.0.2.10:80  10.0.0.2:8080  masquerade  14 min 58 s  lb1    1.31 KiB  46.9 KiB
There are more: these are the first 2 connections; see --limit
`,
  );
});

test("connections tells templates and held connections from others, with what they hang on", async () => {
  async function* connections() {
    const controller = "198.51.100.0:0 -> 0.0.0.7:0";
    yield {
      ...fakeConnection(0),
      protocol: "any",
      state: "ASSURED",
      client: "198.51.100.0:0",
      template: true,
      mark: 7,
    };
    yield {
      ...fakeConnection(1),
      method: "full-nat",
      local: "192.0.2.9:1024",
      held: true,
      mark: 7,
      controller,
    };
  }
  const socket = await startFakeDaemon({ connections });
  expect((await runTandem(socket, ["connections"])).out).toMatchInlineSnapshot(`
    "PROTO  STATE               CLIENT              VIRTUAL        DESTINATION    METHOD      LOCAL           MARK   EXPIRES IN  OWNER  CONTROLLER                         IN       OUT
    any    ASSURED (template)  198.51.100.0:0      192.0.2.10:80  10.0.0.1:8080  masquerade                     7  14 min 59 s  lb1                                      0 B       0 B
    tcp    ESTABLISHED (held)  198.51.100.1:40001  192.0.2.10:80  10.0.0.2:8080  full-nat    192.0.2.9:1024     7  14 min 58 s  lb1    198.51.100.0:0 -> 0.0.0.7:0  1.31 KiB  46.9 KiB
    "
  `);
});

test("connections passes its filters on, and does not claim more when there are none", async () => {
  const { out } = await tandem("connections --client 198.51.100.103");
  expect(out.trimEnd().split("\n")).toHaveLength(2);
  expect(out).not.toContain("There are more");
  expect((await tandem("connections --client 203.0.113.1")).out).toBe("No connections.\n");
});
