import type { SchedulerName } from "@tandem/model";
import { lc } from "./lc.ts";
import { rr } from "./rr.ts";
import type { SchedulerFactory } from "./scheduler.ts";
import { wlc } from "./wlc.ts";
import { wrr } from "./wrr.ts";

/** Every scheduler by the name that documents use. */
export const SCHEDULERS: Readonly<Record<SchedulerName, SchedulerFactory>> = { rr, wrr, lc, wlc };
