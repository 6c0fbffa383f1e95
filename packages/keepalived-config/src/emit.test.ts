import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import type { KeepalivedConfig, VrrpInstance } from "./config.ts";
import { emitKeepalivedConf } from "./emit.ts";

const instance: VrrpInstance = {
  name: "web",
  initialState: "BACKUP",
  interface: "eth0",
  virtualRouterId: 51,
  priority: 100,
  advertIntervalMs: 20,
  downTimerAdverts: 6,
  advertised: [{ address: "192.0.2.1/32", interface: "eth0" }],
  excluded: [{ address: "10.0.0.254/24", interface: "eth1" }],
  trackInterfaces: ["eth1"],
  trackFiles: ["readiness"],
  trackScripts: ["heartbeat"],
};
const config: KeepalivedConfig = {
  globals: {
    routerId: "director-a",
    scriptUser: "root",
    hasScriptSecurity: true,
    vrrpVersion: 3,
    awaitsInterfaces: true,
    notifyFifo: "/run/tandem/notify",
    announceAgainAfterS: 1,
    announceCount: 5,
    announceEveryS: 60,
    processPriority: -20,
  },
  trackFiles: [{ name: "readiness", file: "/run/tandem/readiness", weight: 100 }],
  scripts: [{ name: "heartbeat", command: "/bin/true", intervalS: 1, rise: 1, fall: 2, startsFailed: true }],
  instances: [instance],
};
const withInstance = (change: Partial<VrrpInstance>): KeepalivedConfig => ({
  ...config,
  instances: [{ ...instance, ...change }],
});

test("keepalived.conf holds every section in order", () => {
  expect(emitKeepalivedConf(config)).toBe(`# Written by Tandem. Changes made here are lost.

global_defs {
    router_id director-a
    script_user root
    enable_script_security
    vrrp_version 3
    dynamic_interfaces
    vrrp_notify_fifo "/run/tandem/notify"
    vrrp_garp_master_delay 1
    vrrp_garp_master_repeat 5
    vrrp_garp_master_refresh 60
    vrrp_priority -20
}
track_file readiness {
    file "/run/tandem/readiness"
    weight 100
}
vrrp_script heartbeat {
    script "/bin/true"
    interval 1
    rise 1
    fall 2
    init_fail
}
vrrp_instance web {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 100
    advert_int 0.02
    down_timer_adverts 6
    virtual_ipaddress {
        192.0.2.1/32 dev eth0
    }
    virtual_ipaddress_excluded {
        10.0.0.254/24 dev eth1
    }
    track_interface {
        eth1
    }
    track_file {
        readiness
    }
    track_script {
        heartbeat
    }
}
`);
});

test("an empty list leaves its block out", () => {
  const text = emitKeepalivedConf(withInstance({ excluded: [], trackInterfaces: [] }));
  expect(text).not.toMatch(/virtual_ipaddress_excluded|track_interface/);
});

const vips = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ address: `10.1.${i >> 8}.${i & 255}/32`, interface: "eth0" }));
const second: VrrpInstance = {
  ...instance,
  name: "mail",
  virtualRouterId: 52,
  advertised: [{ address: "192.0.2.2/32", interface: "eth0" }],
  excluded: [],
};
const refused: [what: string, config: KeepalivedConfig, message: string][] = [
  [
    "an interval between two steps",
    withInstance({ advertIntervalMs: 15 }),
    'Cannot write vrrp_instance "web": advert_int is "15 ms", wanted a multiple of 10 ms, 10–40950 ms',
  ],
  ["an interval that version 3 cannot send", withInstance({ advertIntervalMs: 40960 }), "advert_int is"],
  [
    "a router id of 0",
    withInstance({ virtualRouterId: 0 }),
    'Cannot write vrrp_instance "web": virtual_router_id is "0", wanted a whole number 1–255',
  ],
  [
    "a priority that tracking lifts above 254",
    withInstance({ priority: 155 }),
    'Cannot write vrrp_instance "web": priority is 155–255 with its track files, wanted 1–254',
  ],
  ["a priority that is no number", withInstance({ priority: Number.NaN }), "priority is"],
  ["no address", withInstance({ advertised: [] }), "virtual_ipaddress is 0 addresses, wanted 1–255"],
  ["256 advertised addresses", withInstance({ advertised: vips(256) }), "virtual_ipaddress is 256 addresses"],
  [
    "two families in one advert",
    withInstance({ advertised: [...vips(1), { address: "2001:db8::1/128", interface: "eth0" }] }),
    "virtual_ipaddress is IPv4 and IPv6, wanted one family",
  ],
  ["its own interface tracked", withInstance({ trackInterfaces: ["eth0"] }), 'track_interface is "eth0"'],
  [
    "an unknown track file",
    withInstance({ trackFiles: ["health"] }),
    'track_file is "health", wanted a defined track_file',
  ],
  ["an unknown script", withInstance({ trackScripts: ["health"] }), 'track_script is "health"'],
  [
    "a name of two words",
    withInstance({ name: "web site" }),
    'Cannot write vrrp_instance: name is "web site"',
  ],
  ["an interface that would open a block", withInstance({ interface: "eth0}" }), 'interface is "eth0}"'],
  [
    "an address with a comment sign",
    withInstance({ advertised: [{ address: "192.0.2.1/32", interface: "e#0" }] }),
    'dev is "e#0"',
  ],
  [
    "a quote in a path",
    { ...config, globals: { ...config.globals, notifyFifo: 'a"b' } },
    'Cannot write global_defs: vrrp_notify_fifo is "a"b", wanted text without quotes',
  ],
  [
    "a line break in a command",
    { ...config, scripts: [{ ...config.scripts[0]!, command: "a\nb" }] },
    'Cannot write vrrp_script "heartbeat": script is',
  ],
  [
    "one instance twice",
    { ...config, instances: [instance, instance] },
    'Cannot add vrrp_instance "web": it exists already',
  ],
  [
    "one router id twice",
    { ...config, instances: [instance, { ...second, virtualRouterId: 51 }] },
    'Cannot write vrrp_instance "mail": virtual_router_id is 51, wanted another than vrrp_instance "web" has',
  ],
  [
    "one address twice",
    { ...config, instances: [instance, { ...second, excluded: instance.excluded }] },
    'Cannot write vrrp_instance "mail": address is "10.0.0.254/24", wanted one that vrrp_instance "web" does not have',
  ],
];
for (const [what, bad, message] of refused) {
  test(`keepalived.conf refuses ${what}`, () => {
    expect(() => emitKeepalivedConf(bad)).toThrow(LbError);
    expect(() => emitKeepalivedConf(bad)).toThrow(message);
  });
}

test("one router id serves two families and two interfaces", () => {
  const other = { ...second, virtualRouterId: 51 };
  const six = { ...other, advertised: [{ address: "2001:db8::1/128", interface: "eth0" }] };
  const elsewhere = { ...other, name: "inside", interface: "eth1", trackInterfaces: [] };
  expect(() => emitKeepalivedConf({ ...config, instances: [instance, six, elsewhere] })).not.toThrow();
});
