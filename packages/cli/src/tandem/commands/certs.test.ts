import { X509Certificate } from "node:crypto";
import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder, runTandem } from "../../testing/run-tandem.ts";

const run = (folder: string, ...args: string[]) => runTandem("/none", ["certs", "--folder", folder, ...args]);
const read = async (folder: string, file: string) => new X509Certificate(await readFile(join(folder, file)));
const self = hostname().split(".")[0]!;

test("certs makes what a first set-up needs, and says what to do with it", async () => {
  const folder = join(await createFolder(), "new");
  const { out, exitCode } = await run(folder);
  expect(exitCode).toBe(0);
  const names = ["ca", "client-admin", `director-${self}`];
  expect((await readdir(folder)).sort()).toEqual(names.flatMap((n) => [`${n}.crt`, `${n}.key`]).sort());
  const ca = await read(folder, "ca.crt");
  const admin = await read(folder, "client-admin.crt");
  expect(ca.ca).toBe(true);
  expect(admin).toMatchObject({ subject: "CN=admin", subjectAltName: "URI:tandem://role/admin", ca: false });
  for (const each of [admin, await read(folder, `director-${self}.crt`)])
    expect(each.verify(ca.publicKey)).toBe(true);
  expect(out).toContain(`    clientCa: ${folder}/ca.crt\n`);
  expect(out).toContain(`--key ${folder}/client-admin.key status`);
  expect(out).toContain(`Keep ${folder}/ca.key where nobody else can read it`);
});

test("certs calls this director what its configuration does, and the host where there is none", async () => {
  const folder = await createFolder();
  const path = "/etc/tandem/node.yaml";
  const argv = ["certs", "--folder", folder];
  const named = { [path]: "name: edge-7\ninterfaces: [{name: eth0}]\n" };
  await runTandem("/none", argv, { files: named });
  expect(await readdir(folder)).toContain("director-edge-7.crt");
  const { err, exitCode } = await runTandem("/none", argv, { files: { [path]: "nmae: edge-7" } });
  expect([exitCode, err]).toEqual([1, expect.stringContaining(`${path}:1:1: `)]);
});

test("keys are for their owner's eyes, whatever the umask", async () => {
  const folder = await createFolder();
  const before = process.umask(0);
  await run(folder).finally(() => process.umask(before));
  const modes = await Promise.all(
    (await readdir(folder)).map(async (file) => [
      file,
      ((await stat(join(folder, file))).mode & 0o777).toString(8),
    ]),
  );
  expect(modes.filter(([file, mode]) => mode !== (file!.endsWith(".key") ? "600" : "644"))).toEqual([]);
});

test("certs certifies more by the authority that is there", async () => {
  const folder = await createFolder();
  await run(folder);
  const ca = await readFile(join(folder, "ca.crt"), "utf8");
  const { out } = await run(
    folder,
    "--director",
    "lb2=lb2.example.com,192.0.2.2,2001:db8::2",
    "--client",
    "eve=view",
    "--days",
    "9",
  );
  expect(await readFile(join(folder, "ca.crt"), "utf8")).toBe(ca);
  const lb2 = await read(folder, "director-lb2.crt");
  expect(lb2.subjectAltName).toBe(
    "DNS:lb2.example.com, IP Address:192.0.2.2, IP Address:2001:DB8:0:0:0:0:0:2",
  );
  expect((await read(folder, "client-eve.crt")).subjectAltName).toBe("URI:tandem://role/view");
  expect(lb2.verify(new X509Certificate(ca).publicKey)).toBe(true);
  expect(out).not.toContain("ca.key");
});

test("certs says the next steps of all that it certified", async () => {
  const folder = await createFolder();
  const words = ["--client", "v=view", "--client", "o=operate", "--director", "lb1", "--director", "lb2"];
  const { out } = await run(folder, ...words);
  for (const name of ["client-v", "client-o", "director-lb1", "director-lb2"])
    expect(out.split("\nKeep ")[1]).toContain(`${folder}/${name}.key`);
});

test("a certificate that was moved away is renewed by the same authority", async () => {
  const folder = await createFolder();
  await run(folder, "--client", "eve=view");
  const before = await read(folder, "client-eve.crt");
  for (const end of ["crt", "key"])
    await rename(join(folder, `client-eve.${end}`), join(folder, `old.${end}`));
  expect((await run(folder, "--client", "eve=view")).exitCode).toBe(0);
  const after = await read(folder, "client-eve.crt");
  expect(after.verify((await read(folder, "ca.crt")).publicKey)).toBe(true);
  expect(after.serialNumber).not.toBe(before.serialNumber);
});

test("certs --json names what was written", async () => {
  const folder = await createFolder();
  const { out } = await run(folder, "--client", "eve=operate", "--json");
  const files = ["ca.crt", "ca.key", "client-eve.crt", "client-eve.key"].map((file) => join(folder, file));
  expect(JSON.parse(out)).toEqual({
    authority: join(folder, "ca.crt"),
    written: files,
    subjects: [{ name: "eve", kind: "client", role: "operate" }],
  });
});

test("certs overwrites nothing, and writes nothing then", async () => {
  const folder = await createFolder();
  await writeFile(join(folder, "client-eve.key"), "precious");
  const { err, exitCode } = await run(folder, "--client", "bob=view", "--client", "eve=view");
  expect(err).toBe(
    `error: Cannot write "${folder}/client-eve.key": it exists already, wanted its .crt and .key moved away, to renew them: the same command then makes new ones, by the same authority\n`,
  );
  expect(exitCode).toBe(1);
  expect(await readdir(folder)).toEqual(["client-eve.key"]);
});

const authorities: [what: string, files: Record<string, string>, says: string][] = [
  ["half of which is there", { "ca.crt": "x" }, "is there without"],
  ["whose files are nonsense", { "ca.crt": "x", "ca.key": "y" }, "do not hold a certificate and its key"],
];
for (const [what, files, says] of authorities) {
  test(`an authority ${what} is refused`, async () => {
    const folder = await createFolder();
    for (const [file, text] of Object.entries(files))
      await writeFile(join(folder, file), text, { mode: 0o600 });
    const { err, exitCode } = await run(folder, "--client", "eve=view");
    expect(err).toMatch(/^error: Cannot use this authority: /);
    expect(err).toContain(says);
    expect(exitCode).toBe(1);
    expect((await readdir(folder)).sort()).toEqual(Object.keys(files).sort());
  });
}

const misfits = [
  ["--client", "eve"],
  ["--client", "eve=root"],
  ["--client", "=view"],
  ["--client", "eve=view=admin"],
  ["--client", "../eve=view"],
  ["--client", "eve\n=view"],
  ["--director", "lb1="],
  ["--director", "lb/1"],
  ["--director", "lb1=a b"],
  ["--days", "0"],
];
for (const [option, value] of misfits) {
  test(`certs ${option} ${JSON.stringify(value)} is wrong usage`, async () => {
    const folder = await createFolder();
    const { err, exitCode } = await run(folder, option!, value!);
    expect(err).toContain("wanted");
    expect(exitCode).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });
}
