import { expect, test } from "vitest";
import { numberOfAddress, numberOfClient, numberOfDestination } from "./address-number.ts";
import { hash32 } from "./hash32.ts";
import { slotOf } from "./maglev.ts";
import { candidate, request } from "./testing.ts";

test("an address is its number in host order, IPv6 folded", () => {
  expect(numberOfDestination(request({ to: "192.0.2.1 80" }))).toBe(0xc0000201);
  expect(numberOfDestination(request({ to: "2001:db8::1 80" }))).toBe(0x20010db8 ^ 1);
  expect(numberOfAddress(candidate({ at: "2001:db8:ff00::8000:1 80" }).address, 0, 4)).toBe(
    (0x20010db8 ^ 0xff000000 ^ 0x80000001) >>> 0,
  );
});

/** Linux Virtual Server: bucket of `sh` and `dh`, slot of `mh`; computed apart from this code. */
const cases = [
  { client: "192.0.2.1 40112", withPort: false, bucket: 50, slot: 2891 },
  { client: "192.0.2.1 40112", withPort: true, bucket: 158, slot: 3881 },
  { client: "198.51.100.7 40112", withPort: false, bucket: 171, slot: 924 },
  { client: "198.51.100.7 40112", withPort: true, bucket: 22, slot: 3113 },
  { client: "203.0.113.9 40112", withPort: false, bucket: 64, slot: 1189 },
  { client: "2001:db8::1 40112", withPort: false, bucket: 63, slot: 3457 },
];
for (const { client, withPort, bucket, slot } of cases) {
  test(`${client}${withPort ? " with its port" : ""} falls into bucket ${bucket} and slot ${slot}`, () => {
    const number = numberOfClient(request({ from: client }), withPort);
    expect(hash32(number, 8)).toBe(bucket);
    expect(slotOf(number)).toBe(slot);
  });
}

test("a client's number wraps at 32 bits", () => {
  expect(numberOfClient(request({ from: "255.255.255.255 2" }), true)).toBe(1);
});

test("hash32 keeps the upper bits of the product", () => {
  expect(hash32(1, 32)).toBe(0x61c88647);
  expect(hash32(1, 8)).toBe(0x61);
  expect(hash32(0xffff_ffff, 8)).toBe(0x9e); // 2^32 - 0x61c88647
});
