import type { ConnectionStatus, ExplanationStatus } from "@tandem/engine/client";

/** A connection per destination, and on. */
export function fakeConnection(n: number): ConnectionStatus {
  return {
    protocol: n % 5 === 4 ? "udp" : "tcp",
    state: n % 5 === 4 ? "UDP" : n % 7 === 6 ? "FIN_WAIT" : "ESTABLISHED",
    client: n % 3 === 2 ? `[2001:db8:ffff::${n}]:${40_000 + n}` : `198.51.100.${n % 250}:${40_000 + n}`,
    virtual: n % 3 === 2 ? "[2001:db8::10]:53" : "192.0.2.10:80",
    destination: n % 3 === 2 ? "[2001:db8:1::53]:53" : `10.0.0.${1 + (n % 2)}:8080`,
    method: n % 3 === 2 ? "direct-route" : "masquerade",
    idleSeconds: 3,
    expiresInSeconds: n % 5 === 4 ? 287.25 : 899.3 - n,
    owner: n % 4 === 3 ? "lb2" : "lb1",
    template: false,
    mark: 0,
    held: false,
    inPackets: 12 * n,
    inBytes: 1340 * n,
    outPackets: 16 * n,
    outBytes: 48_000 * n,
  };
}

/** Of a packet that would open a connection. */
export const fakeExplanation: ExplanationStatus = {
  service: { key: "tcp 192.0.2.10:80", why: "its protocol, address and port" },
  scheduler: {
    name: "wlc",
    candidates: [
      {
        destination: "10.0.0.1:8080",
        weight: 10,
        active: 4013,
        inactive: 310,
        overloaded: false,
        usable: true,
      },
      {
        destination: "10.0.0.2:8080",
        weight: 0,
        active: 12,
        inactive: 310,
        overloaded: false,
        usable: false,
      },
      { destination: "10.0.0.3:8080", weight: 10, active: 9, inactive: 0, overloaded: true, usable: false },
    ],
    pick: "10.0.0.1:8080",
  },
  rewriting: ["its destination 192.0.2.10:80 becomes 10.0.0.1:8080", "its TTL is one less"],
  verdict: { name: "forward", reason: "scheduled", says: "the first packet of a new connection" },
  ends: "after 900 s without a packet, once it is ESTABLISHED",
  node: "lb1",
};
