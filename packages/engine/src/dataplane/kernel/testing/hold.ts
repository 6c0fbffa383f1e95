/** A process that takes over an instance, says so, and holds it until it is killed. Arguments: pin directory, lock file. */
import { createKernelDataPlane } from "../kernel.ts";

const [pinDirectory, lockPath] = process.argv.slice(2) as [string, string];
const { adopted } = createKernelDataPlane({
  pinDirectory,
  lockPath,
  records: { 4: 64, 6: 64 },
  attach: [],
});
console.log(adopted ? "adopted" : "created");
setInterval(() => {}, 1000);
