import { DocumentSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { tableOf } from "../table-of.ts";
import { inOrder } from "./order.ts";

const table = (services: object[]) => tableOf(DocumentSpec.parse({ version: 1, services }).services, []);
const persistence = { timeout: 60 };
const services = table([
  { mark: 1 },
  { mark: 0xffff_ffff, persistence },
  { mark: 1, address: "::" },
  { protocol: "tcp", address: "2001:db8::2", port: 80 },
  { protocol: "tcp", address: "2001:db8::1", port: 80 },
  { protocol: "sctp", address: "10.0.0.1", port: 80 },
  { protocol: "udp", address: "10.0.0.1", port: 80 },
  { protocol: "tcp", address: "10.0.0.1", port: 443 },
  { protocol: "tcp", address: "10.0.0.1", port: 80 },
  { protocol: "tcp", address: "192.0.2.1", port: 80 },
]);
const name = ({ target }: (typeof services)[number]) =>
  "mark" in target
    ? `${target.mark} ${target.family}`
    : `${target.protocol} ${target.address} ${target.port}`;

test("services stand by mark, family, protocol, address and port; numbers 2^31 apart the other way round", () =>
  expect(inOrder(services, true).map(name)).toEqual([
    "4294967295 4",
    "tcp 192.0.2.1 80",
    "tcp 10.0.0.1 80",
    "tcp 10.0.0.1 443",
    "udp 10.0.0.1 80",
    "sctp 10.0.0.1 80",
    "tcp 2001:db8::1 80",
    "tcp 2001:db8::2 80",
    "1 4",
    "1 6",
  ]));

/** Recorded: 192.168.1.1 is before 10.0.0.1, that before 127.0.0.1, and that before 192.168.1.1. */
test("addresses that go round in a circle stand as the C library's merge sort leaves them", () => {
  const destinations = ["192.168.1.1", "127.0.0.1", "10.0.0.1"].map((address) => ({
    address,
    method: address === "127.0.0.1" ? "local" : "tunnel",
  }));
  const [service] = inOrder(
    table([{ protocol: "tcp", address: "10.0.0.100", port: 90, destinations }]),
    true,
  );
  expect(service!.servers.map((d) => d.address)).toEqual(["192.168.1.1", "10.0.0.1", "127.0.0.1"]);
});

test("unsorted, everything stays where it stands, marks behind the rest", () =>
  expect(inOrder(services, false)).toEqual([...services.slice(3), ...services.slice(0, 3)]));

/** Recorded: 2147483648 is both before and behind 0, and the kernel tells of marks last. */
test("a mark of 2^31 stands behind services without a mark", () => {
  const standing = table([{ mark: 0x8000_0000 }, { protocol: "tcp", address: "10.0.0.1", port: 80 }]);
  expect(inOrder(standing, true).map(name)).toEqual(["tcp 10.0.0.1 80", "2147483648 4"]);
});
