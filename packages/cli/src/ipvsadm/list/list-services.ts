/** `-L` of services: which view, and the whole text. Never throws. */
import type { ListView } from "../command.ts";
import { defaultView } from "./default-view.ts";
import type { Names } from "./names.ts";
import { inOrder } from "./order.ts";
import { persistentConnView } from "./persistent-conn-view.ts";
import { rateView } from "./rate-view.ts";
import { statsView } from "./stats-view.ts";
import type { ListedService } from "./table.ts";
import { thresholdsView } from "./thresholds-view.ts";
import { tunInfoView } from "./tun-info-view.ts";
import type { ServiceView } from "./view.ts";

/** The kernel's version and the size of its connection table, which scripts skip. Tandem's table is told by `tandem status`. */
const BANNER = "IP Virtual Server version 1.2.1 (size=4096)";

/** The first that is asked for counts. */
const VIEWS: readonly (readonly [option: keyof ListView, view: ServiceView])[] = [
  ["stats", statsView],
  ["rate", rateView],
  ["thresholds", thresholdsView],
  ["persistentConn", persistentConnView],
  ["tunInfo", tunInfoView],
];

/** All services with the banner, or a single one without. */
export function listServices(
  services: readonly ListedService[],
  view: ListView,
  how: { readonly names: Names; readonly isSingle: boolean },
): string {
  const shown = VIEWS.find(([option]) => view[option])?.[1] ?? defaultView;
  const options = { names: how.names, exact: view.exact };
  const lines = inOrder(services, view.sorted).flatMap((s) => [
    shown.service(s, options),
    ...s.servers.map((d) => shown.server(d, s, options)),
  ]);
  const head = how.isSingle ? shown.header : [BANNER, ...shown.header];
  return [...head, ...lines].map((line) => `${line}\n`).join("");
}
