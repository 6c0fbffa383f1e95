/** The keywords of keepalived.conf, keepalived 2.2.7. One table, read by the emitter (and by a parser); rows are in emit order. */
import type {
  GlobalDefs,
  KeepalivedConfig,
  TrackFile,
  VirtualAddress,
  VrrpInstance,
  VrrpScript,
} from "./config.ts";
import { block, flag, integer, line, lines, quoted, seconds, section, sections, word, words } from "./row.ts";

/** `global_defs { … }`. */
const globalDefs = block<GlobalDefs>({
  router_id: word("routerId"),
  script_user: word("scriptUser"),
  enable_script_security: flag("hasScriptSecurity"),
  vrrp_version: integer("vrrpVersion", { min: 2, max: 3 }),
  dynamic_interfaces: flag("awaitsInterfaces"),
  vrrp_notify_fifo: quoted("notifyFifo"),
  vrrp_garp_master_delay: integer("announceAgainAfterS", { min: 0, max: 86400 }),
  vrrp_garp_master_repeat: integer("announceCount", { min: 1, max: 100 }),
  vrrp_garp_master_refresh: integer("announceEveryS", { min: 0, max: 86400 }),
  vrrp_priority: integer("processPriority", { min: -20, max: 19 }),
});

/** `track_file NAME { … }`. */
const trackFile = block<TrackFile>({
  file: quoted("file"),
  weight: integer("weight", { min: -253, max: 253 }), // 0 would mean FAULT for any number but 0
});

/** `vrrp_script NAME { … }`. */
const vrrpScript = block<VrrpScript>({
  script: quoted("command"),
  interval: integer("intervalS", { min: 1, max: 4294 }),
  rise: integer("rise", { min: 1, max: 4294 }),
  fall: integer("fall", { min: 1, max: 4294 }),
  init_fail: flag("startsFailed"),
});

/** One line of `virtual_ipaddress` and `virtual_ipaddress_excluded`. */
const virtualAddress = line<VirtualAddress>(word("address"), { dev: word("interface") });

/** `vrrp_instance NAME { … }`. */
const vrrpInstance = block<VrrpInstance>({
  state: word("initialState"),
  interface: word("interface"),
  virtual_router_id: integer("virtualRouterId", { min: 1, max: 255 }),
  priority: integer("priority", { min: 1, max: 254 }), // 255 is the address owner's: no tracking changes it
  // Version 3 sends the interval as 12 bits of 10 ms (RFC 5798 §5.2.7).
  advert_int: seconds("advertIntervalMs", { stepMs: 10, minMs: 10, maxMs: 40950 }),
  down_timer_adverts: integer("downTimerAdverts", { min: 1, max: 100 }),
  virtual_ipaddress: lines("advertised", virtualAddress),
  virtual_ipaddress_excluded: lines("excluded", virtualAddress),
  track_interface: words("trackInterfaces"),
  track_file: words("trackFiles"),
  track_script: words("trackScripts"),
});

/** The whole file. */
export const keepalivedConf = block<KeepalivedConfig>({
  global_defs: section("globals", globalDefs),
  track_file: sections("trackFiles", trackFile),
  vrrp_script: sections("scripts", vrrpScript),
  vrrp_instance: sections("instances", vrrpInstance),
});
