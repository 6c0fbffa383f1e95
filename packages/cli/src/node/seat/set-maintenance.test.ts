import { expect, test } from "vitest";
import { setMaintenance } from "./set-maintenance.ts";

for (const isOn of [false, true])
  for (const on of [false, true])
    test(`maintenance ${on ? "on" : "off"} where it is ${isOn ? "on" : "off"} ${isOn === on ? "changes nothing" : "is done once"}`, () => {
      const done: unknown[] = [];
      const seat = {
        isInMaintenance: () => isOn,
        enterMaintenance: (options: { toUnready: boolean }) => void done.push(options),
        leaveMaintenance: () => void done.push("left"),
      };
      expect(setMaintenance(seat, on)).toEqual({ changed: isOn !== on });
      expect(done).toEqual(isOn === on ? [] : [on ? { toUnready: false } : "left"]);
    });
