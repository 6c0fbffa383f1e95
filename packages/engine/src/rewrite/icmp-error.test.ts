import { expect, test } from "vitest";
import { addressWords } from "../core/services/service-table.ts";
import { createParsedPacket, IP_PROTOCOL, parseEmbedded, parseIp } from "../packet/parse.ts";
import { buildIcmpError, buildPacket, type PacketSpec, packetProblems } from "../packet/testing.ts";
import { swapPort } from "../packet/words.ts";
import { translateIcmpError } from "./icmp-error.ts";
import { CHECKSUM_AT } from "./masquerade.ts";

const nets = {
  4: { client: "198.51.100.7", vip: "192.0.2.1", server: "10.0.0.1", type: 3 },
  6: { client: "2001:db8:2::7", vip: "2001:db8::1", server: "fd00::1", type: 1 },
} as const;

/** The error that arrives, the one that must leave, and the end that changes. */
function errors(family: 4 | 6, protocol: PacketSpec["protocol"], more: Partial<PacketSpec>) {
  const { client, vip, server, type } = nets[family];
  const request = { protocol, from: client, fromPort: 40_000, ttl: 9, payload: "some payload", ...more };
  const reply = { protocol, to: client, toPort: 40_000, ttl: 9, payload: "some payload", ...more };
  /** The transport checksum in the quote is that of the packet that was quoted first. */
  const error = (from: string, to: string, about: PacketSpec, quoted = about) => {
    const packet = buildPacket(about);
    const checksumAt = (family === 4 ? 20 : 40) + CHECKSUM_AT[IP_PROTOCOL[protocol]]!;
    const checksumBytes = protocol === "sctp" ? 4 : 2;
    packet.set(buildPacket(quoted).subarray(checksumAt, checksumAt + checksumBytes), checksumAt);
    return buildIcmpError({ from, to, type, code: 3, rest: 1400, about: packet });
  };
  const toServer = { ...request, to: server, toPort: 8080 };
  const fromVip = { ...reply, from: vip, fromPort: 80 };
  return [
    {
      name: "from the server's side",
      arrives: error(server, client, toServer),
      leaves: error(vip, client, { ...request, to: vip, toPort: 80 }, toServer),
      to: { side: "source", words: addressWords(vip), at: 0, port: swapPort(80) },
    },
    {
      name: "from the client's side",
      arrives: error(client, vip, fromVip),
      leaves: error(client, server, { ...reply, from: server, fromPort: 8080 }, fromVip),
      to: { side: "destination", words: addressWords(server), at: 0, port: swapPort(8080) },
    },
  ] as const;
}

for (const family of [4, 6] as const) {
  for (const protocol of ["tcp", "udp", "sctp"] as const) {
    for (const { name, arrives, leaves, to } of errors(family, protocol, {})) {
      test(`ICMP error over IPv${family} about ${protocol} ${name} becomes the other side's`, () => {
        const bytes = arrives.slice();
        const p = createParsedPacket();
        p.family = family;
        expect(parseIp(p, bytes, bytes.length) && parseEmbedded(p, bytes)).toBe(true);
        translateIcmpError(p, bytes, to);
        expect(bytes).toEqual(leaves);
        expect(packetProblems(bytes)).toEqual([]);
      });
    }
  }

  test(`ICMP error over IPv${family} that quotes no more than ports is translated`, () => {
    const { client, vip, server, type } = nets[family];
    const quote = (spec: PacketSpec) => buildPacket(spec).subarray(0, (family === 4 ? 20 : 40) + 8);
    const spec = { protocol: "tcp", from: client, fromPort: 40_000 } as const;
    const about = quote({ ...spec, to: server, toPort: 8080 });
    const bytes = buildIcmpError({ from: server, to: client, type, about });
    const p = createParsedPacket();
    p.family = family;
    expect(parseIp(p, bytes, bytes.length) && parseEmbedded(p, bytes)).toBe(true);
    translateIcmpError(p, bytes, { side: "source", words: addressWords(vip), at: 0, port: swapPort(80) });
    const wanted = quote({ ...spec, to: vip, toPort: 80 });
    expect(bytes).toEqual(buildIcmpError({ from: vip, to: client, type, about: wanted }));
  });

  test(`ICMP error over IPv${family} about a datagram without checksum leaves it without`, () => {
    const [fromServer] = errors(family, "udp", { noChecksum: true });
    const bytes = fromServer.arrives.slice();
    const p = createParsedPacket();
    p.family = family;
    expect(parseIp(p, bytes, bytes.length) && parseEmbedded(p, bytes)).toBe(true);
    translateIcmpError(p, bytes, fromServer.to);
    expect(bytes).toEqual(fromServer.leaves);
  });
}
