/** The pair of directors: brought up, asked together. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Lab, LabError } from "../lab/index.ts";
import type { SiteView } from "./conditions.ts";
import { createDirector, type Director } from "./director.ts";
import { DIRECTORS, type DirectorName } from "./site.ts";

/** Both directors. */
export interface Cluster {
  readonly directors: Readonly<Record<DirectorName, Director>>;
  /** Never throws. */
  view(): Promise<SiteView>;
  /** Rejects when a daemon ends although nobody killed it here. */
  readonly death: Promise<never>;
  close(): void;
}

/** Two directors that share a fresh cluster key. Nothing runs yet. */
export function createCluster(lab: Lab): Cluster {
  const keyFile = join(lab.dir, "cluster.key");
  writeFileSync(keyFile, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
  const death = Promise.withResolvers<never>();
  death.promise.catch(() => {}); // whoever waits for something races it against this
  const all = DIRECTORS.map((name) => {
    const onDeath = () => death.reject(new LabError(`Cannot go on: the daemon on ${name} ended by itself`));
    return createDirector({ lab, name, keyFile, onDeath });
  });
  return {
    death: death.promise,
    directors: Object.fromEntries(all.map((d) => [d.name, d])) as Record<DirectorName, Director>,
    async view() {
      const views = await Promise.all(all.map((director) => director.view()));
      return Object.fromEntries(views.map((view) => [view.name, view])) as SiteView;
    },
    close() {
      for (const director of all) director.close();
    },
  };
}
