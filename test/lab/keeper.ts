/**
 * Brings a lab up and keeps it until it is told to end: the process behind `lab up`, whose life is the lab's life.
 * It tells its parent over IPC how that goes, and gives up if the parent leaves before the lab is up.
 */
import { fileURLToPath } from "node:url";
import { createLab } from "./lab.ts";

/** What the keeper tells the process that started it. */
export type KeeperMessage =
  | { readonly kind: "waiting"; readonly holder: string }
  | { readonly kind: "up" }
  | { readonly kind: "failed"; readonly message: string };

export const KEEPER_FILE = fileURLToPath(import.meta.url);

if (process.argv[1] === KEEPER_FILE) await keep();

async function keep(): Promise<void> {
  const tell = (message: KeeperMessage) => process.send?.(message);
  const giveUp = () => process.exit(1);
  process.once("disconnect", giveUp);
  try {
    const lab = await createLab({ onWait: (holder) => tell({ kind: "waiting", holder }) });
    process.once("SIGTERM", () => lab.down().then(() => process.exit(0)));
    process.off("disconnect", giveUp);
    tell({ kind: "up" });
    process.disconnect?.();
  } catch (error) {
    tell({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  }
}
