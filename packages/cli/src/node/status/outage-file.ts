/**
 * What health knew when the daemon ended, so that a destination that is down gets no traffic while the next daemon finds that out again. On
 * a tmpfs: after a reboot of this machine everything is asked anew.
 */
import { readFileSync } from "node:fs";
import type { Logger } from "pino";
import { z } from "zod";
import { replaceFile } from "../machine/replace-file.ts";

/** Destinations that are down, by id, each with the check that says so (`Monitor.down`). */
export type Outages = ReadonlyMap<number, string>;

/** Where outages outlive the daemon. */
export interface OutageFile {
  /** None if there is no such file, or none that can be read. Never throws. */
  load(): Outages;
  /** Replace the file as a whole. Never throws: a warning is logged, and the next daemon knows less. */
  save(outages: Outages): void;
}

const Content = z.array(z.tuple([z.int().min(1), z.string()]));

/** The file at `path`. */
export function createOutageFile(path: string, log: Pick<Logger, "warn">): OutageFile {
  return {
    load() {
      try {
        return new Map(Content.parse(JSON.parse(readFileSync(path, "utf8"))));
      } catch {
        return new Map();
      }
    },
    save(outages) {
      try {
        replaceFile(path, JSON.stringify([...outages]));
      } catch (error) {
        log.warn({ err: error, path }, "cannot remember which destinations are down");
      }
    },
  };
}
