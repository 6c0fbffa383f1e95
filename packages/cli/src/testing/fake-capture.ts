/** Packets that a fake node has seen. */
import type { CapturedPacket } from "@tandem/engine";

const SYN = "4500 0028 0001 4000 4006 0000 c6336407 c000020a 9cb0 0050 00000001 00000000 5002 faf0 0000 0000";

/** The first of a connection. */
export const fakePacket: CapturedPacket = {
  timeMs: Date.UTC(2026, 10, 23, 4) + 0.25,
  interface: "eth0",
  verdict: "forward",
  reason: "scheduled",
  length: 40,
  data: Buffer.from(SYN.replaceAll(" ", ""), "hex"),
  path: "core",
  direction: "to_destination",
  service: "tcp 192.0.2.10:80",
  destination: "10.0.0.1:8080",
};

/** One that is not forwarded. */
export const fakeDrop: CapturedPacket = {
  ...{ timeMs: fakePacket.timeMs + 1.5, interface: "eth1", length: 40, data: fakePacket.data },
  ...{ verdict: "drop", reason: "mid_stream", path: "fast", service: "tcp 192.0.2.10:80" },
};
