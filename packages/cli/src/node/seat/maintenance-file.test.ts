import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder } from "../../testing/run-tandem.ts";
import { createMaintenanceFile } from "./maintenance-file.ts";

test("maintenance is remembered as it was said last, in a folder that is made", async () => {
  const path = join(await createFolder(), "state", "maintenance.json");
  const file = createMaintenanceFile(path);
  expect(file.load()).toBeUndefined();
  for (const said of [
    { isOn: true, toUnready: true },
    { isOn: false, toUnready: false },
  ]) {
    file.save(said);
    expect(createMaintenanceFile(path).load()).toEqual(said);
  }
});

for (const content of ["", "on", "{}", '{"isOn":1,"toUnready":false}'])
  test(`a maintenance file is unreadable that says ${JSON.stringify(content)}`, async () => {
    const path = join(await createFolder(), "maintenance.json");
    writeFileSync(path, content);
    expect(createMaintenanceFile(path).load()).toBe("unreadable");
  });

test("maintenance that cannot be remembered is refused", async () => {
  const path = join(await createFolder(), "maintenance.json");
  mkdirSync(path); // something else is there
  const save = () => createMaintenanceFile(path).save({ isOn: true, toUnready: false });
  expect(save).toThrow(/^Cannot reach the state directory: .*EISDIR|ENOTEMPTY|EEXIST/);
});
