import { expect, test } from "vitest";
import type { Upcall } from "../../dataplane/dataplane.ts";
import { createParsedPacket, FLOW_PORTS } from "../../packet/parse.ts";
import { buildPacket } from "../../packet/testing.ts";
import { parseFlow } from "../answer/parse-flow.ts";
import { LIFE, RECORD } from "../layout.ts";
import { changeLife, readField } from "../record.ts";
import { addressWords } from "../services/service.ts";
import { createBirth } from "../table/connection-table.ts";
import { createTestDirector } from "../testing.ts";
import { sendFrom } from "../testing-clients.ts";
import { createExpected } from "./expected.ts";

const CLIENT = "198.51.100.7";
const ftp = {
  protocol: "tcp",
  address: "192.0.2.1",
  port: 21,
  helper: "ftp",
  destinations: [{ address: "10.0.0.1" }],
};

/** A director that expects a connection from the client, whose port it does not know, to port 30000. */
function expecting() {
  const d = createTestDirector();
  d.configure([ftp]);
  const p = createParsedPacket();
  const packet = buildPacket({ protocol: "tcp", from: CLIENT, fromPort: 0, to: "192.0.2.1", toPort: 30_000 });
  parseFlow(p, { family: 4, packet, packetBytes: packet.length } as Upcall);
  const [service] = d.services.services;
  const of = { serviceId: service!.id, destinationId: service!.destinations[0]!.id, destinationPort: 0x3075 };
  const destination = addressWords("10.0.0.1");
  d.connections.open({ ...createBirth(), ...of, key: p.key, destination, life: LIFE.noClientPort }, 0);
  d.dataplane.flushFlows(() => {});
  return { d, ports: p.key[FLOW_PORTS[4]]! };
}

test("a connection learns its client's port from the first packet, and is known by it in both directions", () => {
  const { d } = expecting();
  expect(sendFrom(d, CLIENT, { fromPort: 5000, toPort: 30_000 })).toBe("10.0.0.1");
  const r = d.table.records[4];
  expect(readField(r, 0, RECORD.life) & LIFE.noClientPort).toBe(0);
  const reply = { fromPort: 30_000, to: CLIENT, toPort: 5000, flags: "SA" };
  expect(sendFrom(d, "10.0.0.1", reply)).toBe(CLIENT);
  expect(sendFrom(d, CLIENT, { fromPort: 5000, toPort: 30_000, flags: "A" })).toBe("10.0.0.1");
  expect(sendFrom(d, CLIENT, { fromPort: 5001, toPort: 30_000 })).toBe("not_ours");
  const flows: number[] = [];
  d.dataplane.scanFlows(4, (_, index, direction) => flows.push(index * 4 + direction));
  expect(flows.toSorted()).toEqual([0, 1]);
});

test("a connection is not known by packets to a port that it does not know yet", () => {
  const { d } = expecting();
  const flows: number[] = [];
  d.dataplane.scanFlows(4, (_, index, direction) => flows.push(index * 4 + direction));
  expect(flows).toEqual([0]);
});

test("a client's port 0 is a port like others", () => {
  const { d } = expecting();
  changeLife(d.table.records[4], 0, { clear: LIFE.noClientPort, set: 0 });
  const packet = buildPacket({ protocol: "tcp", from: CLIENT, fromPort: 5, to: "192.0.2.1", toPort: 30_000 });
  const upcall = { family: 4, packet, packetBytes: packet.length } as Upcall;
  expect(createExpected(d.context).expected!(upcall, 0).reason).toBe("no_service");
});

test("what is expected of one client is not another's", () => {
  const { d } = expecting();
  expect(sendFrom(d, "198.51.100.8", { fromPort: 5000, toPort: 30_000 })).toBe("not_ours");
});

test("two packets that come up together are both the connection's", () => {
  const { d } = expecting();
  for (const flags of ["S", "S"])
    d.dataplane.receive(
      1,
      buildPacket({ protocol: "tcp", from: CLIENT, fromPort: 5000, to: "192.0.2.1", toPort: 30_000, flags }),
    );
  expect(d.settle()).toEqual(["rejoined", "rejoined"]);
  expect(d.dataplane.sent).toHaveLength(2);
});
