/** The table of commands, in the order of the help. One file each. */
import type { AnyCommand } from "./command.ts";
import { apply } from "./commands/apply.ts";
import { createCompletion } from "./commands/completion.ts";
import { connections } from "./commands/connections.ts";
import { demo } from "./commands/demo.ts";
import { doctor } from "./commands/doctor.ts";
import { document } from "./commands/document.ts";
import { drain } from "./commands/drain.ts";
import { explain } from "./commands/explain.ts";
import { run } from "./commands/run.ts";
import { services } from "./commands/services.ts";
import { status } from "./commands/status.ts";
import { switchover } from "./commands/switchover.ts";

/** What `tandem` can do. */
export const COMMANDS: readonly AnyCommand[] = [
  run,
  apply,
  document,
  status,
  services,
  connections,
  explain,
  drain,
  switchover,
  doctor,
  demo,
  createCompletion(() => COMMANDS),
];
