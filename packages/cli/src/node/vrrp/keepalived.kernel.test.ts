/** keepalived as an installed program; needs nothing of the kernel but what it asks for itself. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkConfigFile } from "./keepalived.ts";

const dir = mkdtempSync(join(tmpdir(), "tandem-vrrp-"));
afterAll(() => rmSync(dir, { recursive: true }));

function fileOf(text: string): string {
  const file = join(dir, "keepalived.conf");
  writeFileSync(file, text);
  return file;
}

test("a configuration that keepalived accepts passes", () =>
  checkConfigFile(
    fileOf("global_defs {\n    router_id a\n    script_user root\n    enable_script_security\n}\n"),
  ));

test("a configuration that keepalived does not accept is refused in its own words", async () => {
  const text = "vrrp_instance web {\n    interface nowhere\n    virtual_router_id 51\n}\n";
  await expect(checkConfigFile(fileOf(text))).rejects.toThrow(
    /^Cannot start keepalived: .*interface nowhere for vrrp_instance web doesn't exist.*, wanted a configuration that it accepts$/,
  );
});
