import { expect, test } from "vitest";
import { buildPacket, type PacketSpec, packetProblems } from "../../packet/testing.ts";
import { TcpState } from "../../protocols/tcp.ts";
import { RECORD } from "../layout.ts";
import { readCounter, stateOf } from "../record.ts";
import { createTestDirector } from "../testing.ts";

const families = [
  { family: 4, client: "198.51.100.7", vip: "192.0.2.1", server: "10.0.0.1" },
  { family: 6, client: "2001:db8:2::7", vip: "2001:db8::1", server: "fd00::1" },
] as const;

for (const { family, client, vip, server } of families) {
  const web = { protocol: "tcp", address: vip, port: 80, destinations: [{ address: server, port: 8080 }] };
  const fromClient = (flags: string, payload = ""): PacketSpec => ({
    protocol: "tcp",
    from: client,
    fromPort: 40_000,
    to: vip,
    toPort: 80,
    flags,
    payload,
  });
  const fromServer = (flags: string, payload = ""): PacketSpec => ({
    protocol: "tcp",
    from: server,
    fromPort: 8080,
    to: client,
    toPort: 40_000,
    flags,
    payload,
  });

  test(`a masqueraded TCP connection over IPv${family} is made, established and translated both ways`, () => {
    const d = createTestDirector();
    d.configure([web]);
    expect(d.dataplane.receive(1, buildPacket(fromClient("S"))).reason).toBe("new_flow");
    expect(d.settle()).toEqual(["scheduled"]);
    expect(d.dataplane.receive(2, buildPacket(fromServer("SA"))).reason).toBe("forwarded");
    expect(d.dataplane.receive(1, buildPacket(fromClient("A", "hello"))).reason).toBe("forwarded");
    d.settle();

    const wanted = [
      { ...fromClient("S"), to: server, toPort: 8080, ttl: 63 },
      { ...fromServer("SA"), from: vip, fromPort: 80, ttl: 63 },
      { ...fromClient("A", "hello"), to: server, toPort: 8080, ttl: 63 },
    ];
    expect(d.dataplane.sent.map((s) => s.bytes)).toEqual(wanted.map(buildPacket));
    expect(d.dataplane.sent.flatMap((s) => packetProblems(s.bytes))).toEqual([]);

    const records = d.table.records[family];
    const index = d.table.size - 1;
    expect(stateOf(records, index)).toBe(TcpState.established);
    expect(readCounter(records, index, RECORD.inPackets)).toBe(2);
    expect(readCounter(records, index, RECORD.outPackets)).toBe(1);
    const destination = [...d.services.services][0]!.destinations[0]!;
    expect([destination.active, destination.inactive]).toEqual([1, 0]);
  });
}
