import { expect, test } from "vitest";
import { addressKind } from "./address-kind.ts";

const cases: [address: string, kind: string][] = [
  ["0.0.0.0", "unspecified"],
  ["0.0.0.1", "ordinary"],
  ["::", "unspecified"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.255", "loopback"],
  ["128.0.0.0", "ordinary"],
  ["::1", "loopback"],
  ["::2", "ordinary"],
  ["223.255.255.255", "ordinary"],
  ["224.0.0.1", "multicast"],
  ["239.255.255.255", "multicast"],
  ["240.0.0.1", "ordinary"],
  ["ff02::1", "multicast"],
  ["255.255.255.255", "broadcast"],
  ["255.255.255.254", "ordinary"],
  ["fe80::1", "link-local"],
  ["febf::1", "link-local"],
  ["fec0::1", "ordinary"],
  ["169.254.1.1", "ordinary"],
  ["::ffff:192.0.2.1", "IPv4-mapped"],
  ["::fffe:192.0.2.1", "ordinary"],
];
for (const [address, kind] of cases) {
  test(`"${address}" is an address of kind ${kind}`, () => expect(addressKind(address)).toBe(kind));
}
