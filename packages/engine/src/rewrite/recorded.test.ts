/** What this folder does to packets, beside what the Linux Virtual Server was recorded to do (fixtures/kernel-6.1). */
import { readFileSync } from "node:fs";
import { parseAddress, TUNNEL_NUMBERS } from "@tandem/model";
import { expect, test } from "vitest";
import { TUNNEL_FLAG } from "../core/layout.ts";
import { checksumOf, foldSum, sumPseudoHeader, sumWords } from "../packet/checksum.ts";
import {
  createParsedPacket,
  FLOW_PORTS,
  type ParsedPacket,
  parseIp,
  parseTransport,
} from "../packet/parse.ts";
import { packetProblems } from "../packet/testing.ts";
import { readWord16, swapPort, wordsOf, writeWord16 } from "../packet/words.ts";
import { decrementTtl } from "./direct-route.ts";
import { masquerade } from "./masquerade.ts";
import { overheadOf, type TunnelEnds, wrap } from "./tunnel.ts";

const lines = <T>(name: string): T[] =>
  readFileSync(new URL(`../../fixtures/kernel-6.1/${name}.jsonl`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const familyOf = (packet: Uint8Array): 4 | 6 => (packet[0]! >>> 4 === 4 ? 4 : 6);

function parsed(packet: Uint8Array): ParsedPacket {
  const p = createParsedPacket();
  p.family = familyOf(packet);
  expect(parseIp(p, packet, packet.length) && parseTransport(p, packet)).toBe(true);
  return p;
}

interface Translated {
  name: string;
  method: string;
  before: string;
  after: string;
}

test("translated packets are the kernel's, byte for byte", () => {
  const recorded = lines<Translated>("translated");
  expect(recorded.length).toBeGreaterThan(25);
  for (const { name, method, before, after } of recorded) {
    const [packet, wanted] = [bytesOf(before), bytesOf(after)];
    const [p, q] = [parsed(packet), parsed(wanted)];
    decrementTtl(packet, p.family);
    if (method === "masquerade") {
      const words = p.family === 4 ? 1 : 4;
      const ports = q.key[FLOW_PORTS[p.family]]!;
      masquerade(p, packet, { side: "source", words: q.key, at: 0, port: ports & 0xffff });
      masquerade(p, packet, { side: "destination", words: q.key, at: words, port: ports >>> 16 });
    }
    expect(packet, name).toEqual(wanted);
  }
});

interface Tunnelled {
  name: string;
  type: keyof typeof TUNNEL_NUMBERS;
  checksum: "none" | "full" | "remote";
  before: string;
  after: string;
}

const FLAGS = { none: 0, full: TUNNEL_FLAG.checksum, remote: TUNNEL_FLAG.remoteChecksum } as const;
const GUE_PORT = 6080;
/** The director's addresses of the recordings, and the server's. */
const ENDS = {
  4: { source: "192.168.1.1", destination: "192.168.1.11" },
  6: { source: "fd00:1::1", destination: "fd00:1::11" },
} as const;

function tunnelOf(of: Tunnelled): TunnelEnds {
  const family = familyOf(bytesOf(of.after));
  return {
    family,
    type: TUNNEL_NUMBERS[of.type],
    flags: FLAGS[of.checksum],
    port: of.type === "gue" ? swapPort(GUE_PORT) : 0,
    source: wordsOf(parseAddress(ENDS[family].source)!),
    destination: wordsOf(parseAddress(ENDS[family].destination)!),
  };
}

/** What may differ, as zeros: source port of gue (a secret hash), the id of what may be fragmented (random), what covers them. */
function comparable(packet: Uint8Array, of: Tunnelled): Uint8Array {
  const copy = packet.slice();
  const isOuter4 = familyOf(copy) === 4;
  if (isOuter4) {
    // of IPv6 in IPv4 we say "do not fragment", and so learn of routers that would have to
    if (of.before.startsWith("6")) copy[6] = 0;
    writeWord16(copy, 4, 0);
    writeWord16(copy, 10, 0);
  }
  const at = isOuter4 ? 20 : 40;
  if (of.type === "gue") writeWord16(copy, at, 0);
  if (of.type === "gue") writeWord16(copy, at + 6, 0);
  if (of.type === "gre" && of.checksum === "full") writeWord16(copy, at + 4, 0);
  return copy;
}

test("wrapped packets are the kernel's, byte for byte", () => {
  const recorded = lines<Tunnelled>("tunnels");
  expect(recorded.length).toBeGreaterThan(90);
  for (const of of recorded) {
    const [packet, wanted] = [bytesOf(of.before), bytesOf(of.after)];
    decrementTtl(packet, familyOf(packet));
    const tunnel = tunnelOf(of);
    const out = new Uint8Array(2000);
    const bytes = wrap(packet, packet.length, { out, tunnel, mayFragment: false });
    expect(bytes - packet.length, of.name).toBe(overheadOf(tunnel));
    const wrapped = out.subarray(0, bytes);
    expect(packetProblems(wrapped), of.name).toEqual([]);
    expect(comparable(wrapped, of), of.name).toEqual(comparable(wanted, of));
  }
});

test("the kernel leaves gue's checksum half done for the interface; finished, it is ours", () => {
  const recorded = lines<Tunnelled>("tunnels").filter((of) => of.type === "gue" && of.checksum !== "none");
  expect(recorded.length).toBeGreaterThan(15);
  for (const of of recorded) {
    const wanted = bytesOf(of.after);
    const isOuter4 = familyOf(wanted) === 4;
    const at = isOuter4 ? 20 : 40;
    const lengths = { addressBytes: isOuter4 ? 4 : 16, protocol: 17, lengthBytes: wanted.length - at };
    const pseudo = foldSum(sumPseudoHeader(wanted, isOuter4 ? 12 : 8, lengths));
    expect(readWord16(wanted, at + 6), of.name).toBe(pseudo);
    writeWord16(wanted, at + 6, checksumOf(sumWords(wanted, at, wanted.length)));
    const packet = bytesOf(of.before);
    decrementTtl(packet, familyOf(packet));
    const out = new Uint8Array(2000);
    const bytes = wrap(packet, packet.length, { out, tunnel: tunnelOf(of), mayFragment: false });
    // the source port is in the sum: it moves from ours to theirs
    const ours = checksumOf(
      sumWords(out, at, bytes) -
        readWord16(out, at) -
        readWord16(out, at + 6) +
        readWord16(wanted, at) +
        pseudo,
    );
    expect(readWord16(wanted, at + 6), of.name).toBe(ours);
  }
});
