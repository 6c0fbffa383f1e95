import type { PacketExplanation } from "@tandem/engine";
import { expect, test } from "vitest";
import { createTestService, row } from "../testing-service.ts";
import { connectionStatus } from "./connection-list.ts";

test("a question goes to the forwarder as numbers, and its answer comes back in the operators' words", async () => {
  const verdict = { name: "forward", reason: "forwarded", says: "x" } as const;
  const explanation: PacketExplanation = {
    service: { key: "tcp 192.0.2.1:80", why: "that of its connection" },
    connection: row(1),
    template: row(0, { isTemplate: true, owner: "lb2" }),
    scheduler: { name: "wlc", candidates: [] },
    rewriting: ["its TTL is one less"],
    verdict,
    ends: "at once",
  };
  const { api, packets } = createTestService({ explanation });
  const question = { protocol: "udp", client: "198.51.100.7", virtual: "192.0.2.1:80", mark: 7 };
  expect(await api.explain({ ...question, interface: "eth0" })).toEqual({
    ...explanation,
    connection: connectionStatus(row(1), "lb1"),
    template: expect.objectContaining({ template: true, owner: "lb2" }),
    node: "lb1",
  });
  await api.explain({ ...question, client: "[2001:db8::7]:9", virtual: "[2001:db8::1]:80" });
  expect(packets).toEqual([
    {
      protocol: 17,
      client: "198.51.100.7",
      clientPort: 0,
      virtual: "192.0.2.1",
      virtualPort: 80,
      mark: 7,
      interface: "eth0",
    },
    { protocol: 17, client: "2001:db8::7", clientPort: 9, virtual: "2001:db8::1", virtualPort: 80, mark: 7 },
  ]);
  await expect(api.explain({ ...question, client: "2001:db8::7" })).rejects.toThrow(
    'Cannot explain: client is "2001:db8::7", wanted an address of the family of "192.0.2.1:80"',
  );
});
