/** Real FTP through a director: vsftpd and lftp, data connections of either side, over both families, with addresses hidden on one side or on both. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADDRESSES, addressOf, until } from "../lab/index.ts";
import { readFtp, serveFtp } from "./support/ftp.ts";
import {
  createOneDirector,
  DEADLINE_MS,
  type OneDirector,
  SETUP_DEADLINE_MS,
} from "./support/one-director.ts";

const SIDES = [
  { family: 4, server: "s1", vip: ADDRESSES.natVip, local: addressOf("d1", "inside") },
  { family: 6, server: "s2", vip: ADDRESSES.natVip6, local: addressOf("d1", "inside", 6) },
] as const;
/** More than a segment, so that data connections carry more than a greeting. */
const FILE = "a line of text\n".repeat(20_000);

let director: OneDirector;
beforeAll(async () => {
  director = await createOneDirector({ services: services("masquerade") });
  for (const { server, family } of SIDES) {
    const { lab } = director;
    await serveFtp(lab, lab.node(server), addressOf(server, "inside", family), { "file.txt": FILE });
  }
}, SETUP_DEADLINE_MS);
afterAll(() => director?.close());

function services(method: "masquerade" | "full-nat"): object[] {
  return SIDES.map(({ family, server, vip, local }) => ({
    protocol: "tcp",
    address: vip,
    port: 21,
    helper: "ftp",
    method,
    ...(method === "full-nat" ? { sourceAddresses: [local] } : {}),
    destinations: [{ address: addressOf(server, "inside", family) }],
  }));
}

for (const method of ["masquerade", "full-nat"] as const) {
  for (const { family, vip } of SIDES) {
    for (const mode of ["passive", "active"] as const) {
      test(`a file is read over IPv${family} by ${mode} FTP through ${method}`, async () => {
        await director.apply(services(method));
        const read = await readFtp(director.lab.node("client"), { host: vip, file: "file.txt", mode });
        expect(read).toMatchObject({ code: 0, stdout: FILE });
      });
    }
  }
}

test("data connections go the fast path's way, control connections the core's", async () => {
  const before = await director.counted();
  await readFtp(director.lab.node("client"), { host: ADDRESSES.natVip, file: "file.txt", mode: "passive" });
  await until(async () => (await director.counted())("helper_rewritten") > before("helper_rewritten"), {
    deadlineMs: DEADLINE_MS,
    what: "packets of the control connection are counted",
  });
  const after = await director.counted();
  expect(after("expected") - before("expected")).toBe(1);
  expect(after("helper_rewritten") - before("helper_rewritten")).toBeLessThan(100);
});
