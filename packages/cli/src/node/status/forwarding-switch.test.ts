import { DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { expect, test } from "vitest";
import { forwardingFaults } from "./forwarding-switch.ts";

const service = (address: string, destination: string, method = "masquerade") => ({
  ...{ protocol: "tcp", address, port: 80, method },
  destinations: [{ address: destination }],
});
const IPV4 = service("192.0.2.1", "10.0.0.1");
const IPV6 = service("2001:db8::1", "2001:db8:1::1");
const LOCAL = service("192.0.2.2", "127.0.0.1", "local");

const documentOf = (...services: object[]) =>
  reviseDocument(EMPTY_DOCUMENT, DocumentSpec.parse({ version: 1, services }));

/** The settings of a machine with two interfaces, by what follows /proc/sys/net. */
const machine: Record<string, string> = {
  "ipv4/conf/eth0/forwarding": "0\n",
  "ipv4/conf/eth1/forwarding": "1\n",
  "ipv6/conf/eth0/forwarding": "1\n",
  "ipv6/conf/eth1/forwarding": "0\n",
};

const cases = [
  { services: [IPV4], faulty: ['IPv4 forwarding is off on "eth0"'] },
  { services: [IPV6], faulty: ['IPv6 forwarding is off on "eth1"'] },
  {
    services: [IPV4, IPV6],
    faulty: ['IPv4 forwarding is off on "eth0"', 'IPv6 forwarding is off on "eth1"'],
  },
  { services: [LOCAL], faulty: [] },
  { services: [], faulty: [] },
];
for (const { services, faulty } of cases)
  test(`forwarding that is off is a fault for ${services.map((s) => s.address).join(" and ") || "no service"}: ${faulty.length}`, () => {
    const read = (path: string) => machine[path.replace("/proc/sys/net/", "")];
    const faults = forwardingFaults(documentOf(...services), ["eth0", "eth1", "gone"], read);
    expect(faults.map((fault) => fault.split(":")[0])).toEqual(faulty);
  });
