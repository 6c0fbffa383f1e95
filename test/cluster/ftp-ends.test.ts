/** The FTP server and client that tests of directors use speak with each other without one. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADDRESSES, addressOf, createLab, type OwnLab } from "../lab/index.ts";
import { readFtp, serveFtp } from "./support/ftp.ts";
import { SETUP_DEADLINE_MS } from "./support/one-director.ts";

let lab: OwnLab;
beforeAll(async () => {
  lab = await createLab();
  await lab.routeThrough("d1");
  await serveFtp(lab, lab.node("s1"), addressOf("s1", "inside"), { "name.txt": "s1\n" });
  await serveFtp(lab, lab.node("s2"), addressOf("s2", "inside", 6), { "name.txt": "s2\n" });
}, SETUP_DEADLINE_MS);
afterAll(() => lab?.down());

for (const [server, family] of [
  ["s1", 4],
  ["s2", 6],
] as const) {
  for (const mode of ["passive", "active"] as const) {
    test(`a file is read over IPv${family} by ${mode} FTP`, async () => {
      const host = addressOf(server, "inside", family);
      const read = await readFtp(lab.node("client"), { host, file: "name.txt", mode });
      expect(read).toMatchObject({ code: 0, stdout: `${server}\n` });
    });
  }
}

test("a server that is not there is a failure", async () => {
  const read = await readFtp(lab.node("client"), {
    host: ADDRESSES.natVip,
    file: "name.txt",
    mode: "passive",
  });
  expect(read.code).not.toBe(0);
});
