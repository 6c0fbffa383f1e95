/** Patients of `doctor` for tests of its probes. */
import { emptyMachine } from "../../testing/run-tandem.ts";
import type { Machine } from "./machine.ts";
import type { Patient, Probe } from "./probe.ts";

/** A patient with a virtual address of each family, of whose machine nothing can be found. */
export const PATIENT: Patient = {
  machine: emptyMachine,
  virtualAddresses: ["192.0.2.10", "2001:db8::10"],
  marksWithoutRule: [],
  tunnels: [],
  interfaces: undefined,
  hasVrrp: false,
};

/** What a machine has, as far as a test cares. */
export interface Described {
  readonly files?: Record<string, string>;
  /** Output by command line; exit status 0. */
  readonly programs?: Record<string, string>;
  readonly links?: Record<string, string>;
  /** MTUs of the routes to addresses. */
  readonly mtus?: Record<string, number>;
}

/** A machine that has these files and says these words. */
function machine({ files = {}, programs = {}, links = {}, mtus = {} }: Described): Machine {
  return {
    read: (path) => files[path],
    list: (path) => [
      ...new Set(
        Object.keys(files)
          .filter((name) => name.startsWith(`${path}/`))
          .map((name) => name.slice(path.length + 1).split("/")[0]!),
      ),
    ],
    follow: (path) => links[path],
    run(program, ...args) {
      const output = programs[[program, ...args].join(" ")];
      return output === undefined ? undefined : { status: 0, output };
    },
    pathMtu: (address) => mtus[address],
  };
}

/** What a probe finds on a machine, a line each; `more` is what else is known of the patient. */
export async function examine(
  probe: Probe,
  described: Described,
  more: Partial<Patient> = {},
): Promise<string[]> {
  const findings = await probe({ ...PATIENT, machine: machine(described), ...more });
  return findings.map(({ check, verdict, found }) => `${verdict} ${check}: ${found}`);
}
