/** A process that takes over an instance, says so, and holds it until it is killed. Arguments: pin directory, lock file. */
import { packTransitions } from "../../../protocols/transitions.ts";
import { createKernelDataPlane } from "../kernel.ts";

const [pinDirectory, lockPath] = process.argv.slice(2) as [string, string];
const { adopted } = createKernelDataPlane({
  pinDirectory,
  lockPath,
  records: { 4: 64, 6: 64 },
  attach: [],
  transitions: packTransitions(),
});
console.log(adopted ? "adopted" : "created");
setInterval(() => {}, 1000);
