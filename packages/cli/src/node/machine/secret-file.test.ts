import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readKeyFile, readSecret } from "./secret-file.ts";

const KEY = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);

async function fileOf(text: string, mode = 0o600): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "tandem-key-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, "key");
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

const forms: [what: string, text: string][] = [
  ["base64", KEY.toBase64()],
  ["base64 with a line end", `${KEY.toBase64()}\n`],
  ["base64 for addresses, without padding", KEY.toBase64({ alphabet: "base64url", omitPadding: true })],
  ["hexadecimal", KEY.toHex()],
  ["hexadecimal in capitals", KEY.toHex().toUpperCase()],
];
for (const [what, text] of forms) {
  test(`key file in ${what} is read`, async () =>
    expect(new Uint8Array(await readKeyFile(await fileOf(text)))).toEqual(KEY));
}

const wrong: [what: string, text: string][] = [
  ["nothing", ""],
  ["a short key", KEY.slice(1).toBase64()],
  ["a long key", `${KEY.toBase64()}AA`],
  ["odd hexadecimal", KEY.toHex().slice(1)],
  ["words", "correct horse battery staple, and so on!"],
];
for (const [what, text] of wrong) {
  test(`key file with ${what} is refused, without showing it`, async () => {
    const path = await fileOf(text);
    const error = await readKeyFile(path).catch((e) => e);
    expect(error.message).toBe(
      `Cannot use key file "${path}": it holds ${text.length} characters that are no key of 32 bytes, ` +
        "wanted 32 in base64 or hexadecimal (openssl rand -base64 32)",
    );
  });
}

for (const mode of [0o644, 0o604, 0o620, 0o601]) {
  test(`secret file of mode ${mode.toString(8)} is refused`, async () => {
    const path = await fileOf("x", mode);
    await expect(readSecret(path)).rejects.toThrow(
      `Cannot use "${path}": its mode is 0${mode.toString(8)}, wanted 0640 or less (chmod 600 ${path})`,
    );
  });
}

for (const mode of [0o600, 0o400, 0o640]) {
  test(`secret file of mode ${mode.toString(8)} is read`, async () =>
    expect(await readSecret(await fileOf(" secret\n", mode))).toBe("secret"));
}

test("key file that does not exist is named, with its setting and how to make one", async () => {
  await expect(readKeyFile("/nowhere/cluster.key")).rejects.toThrow(
    'Cannot use key file "/nowhere/cluster.key": the file that `cluster.keyFile` names is not there, wanted the key that all directors share: ' +
      "copied from another one, or for the first one made by `(umask 077; openssl rand -base64 32 > /nowhere/cluster.key)`",
  );
});
