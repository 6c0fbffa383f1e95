import { DocumentSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { applySysctls, SYSCTLS } from "./sysctl.ts";

const SERVICES = ["tcp", "udp", "sctp"].map((protocol) => ({ protocol, address: "10.0.0.100", port: 80 }));
const DOCUMENT = DocumentSpec.parse({ version: 1, services: SERVICES });

test("the profile lvs has the kernel's own values of everything", () => {
  const document = DocumentSpec.parse({ version: 1, settings: { profile: "lvs" }, services: SERVICES });
  for (const [name, { initial }] of Object.entries(SYSCTLS))
    expect([name, applySysctls(document, { [name]: initial })]).toEqual([name, document]);
});

test("values of what is not known change nothing", () =>
  expect(applySysctls(DOCUMENT, { conn_tab_bits: 12, toString: 1 })).toBe(DOCUMENT));

const cases = [
  ["conn_reuse_mode", 0, { reuse: "never" }],
  ["conn_reuse_mode", 1, { reuse: "closed" }],
  ["conn_reuse_mode", 3, { reuse: "one-way" }],
  ["expire_nodest_conn", 1, { rescheduleQuiesced: true }],
  ["expire_quiescent_template", 1, { expireQuiescentTemplate: true }],
  ["drop_packet", 3, { dropPacket: "on" }],
  ["drop_entry", 1, { dropEntry: "auto" }],
  ["secure_tcp", 3, { secureTcp: "on" }],
  ["am_droprate", 3, { dropRate: 3 }],
  ["nat_icmp_send", 1, { unmatchedReply: "refuse" }],
  ["schedule_icmp", 1, { scheduleIcmp: true }],
  ["cache_bypass", 1, { cacheBypass: true }],
  ["pmtu_disc", 0, { pmtuDiscovery: false }],
  ["lblcr_expiration", 60, { cacheSeconds: 60 }],
] as const;
for (const [name, value, settings] of cases)
  test(`${name}=${value} becomes ${JSON.stringify(settings)}`, () => {
    expect(SYSCTLS[name]!.apply!(DOCUMENT, value).settings).toMatchObject(settings);
  });

test("what the kernel has for all services is each service's own here", () => {
  const sloppy = (name: string) => SYSCTLS[name]!.apply!(DOCUMENT, 1).services.map((s) => s.sloppy);
  expect(sloppy("sloppy_tcp")).toEqual([true, false, false]);
  expect(sloppy("sloppy_sctp")).toEqual([false, false, true]);
  const fates = SYSCTLS.expire_nodest_conn!.apply!(DOCUMENT, 1).services.map((s) => s.whenRemoved);
  expect(fates).toEqual(["expire", "expire", "expire"]);
});

test("each document that comes out is one", () => {
  for (const [name, { apply }] of Object.entries(SYSCTLS))
    for (const value of [0, 1, 2, 3])
      expect([name, value, DocumentSpec.safeParse(apply?.(DOCUMENT, value) ?? DOCUMENT).success]).toEqual([
        name,
        value,
        true,
      ]);
});
