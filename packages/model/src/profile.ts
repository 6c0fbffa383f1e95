/**
 * Profiles: other defaults for a whole document. Reading a document fills them in, so that everybody else sees what is in force; what is written beside them
 * wins. docs/adr/0011 says why ours differ from the kernel's.
 */
import type { DocumentSpec } from "./config.ts";
import type { ServiceSpec } from "./service-spec.ts";
import type { SettingsSpec } from "./settings-spec.ts";

/** A profile that documents may name. */
export type ProfileName = NonNullable<SettingsSpec["profile"]>;

/** Defaults that are others than ours. */
export interface Profile {
  readonly settings: Partial<SettingsSpec>;
  /** Of every service. */
  readonly service: Partial<ServiceSpec>;
}

/** What each profile has other defaults for. lvs: how the kernel behaves (Linux 6.1), and keepalived, which removes what its checks take down. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  lvs: {
    settings: { midStream: "host", unmatchedReply: "forward" },
    service: { whenDown: "drop", whenRemoved: "drop" },
  },
};

const OURS: Profile = { settings: {}, service: {} };

/** The defaults of a profile that differ from ours; none without a profile. Never throws. */
export const profileOf = ({ profile }: Pick<DocumentSpec["settings"], "profile">): Profile =>
  (profile && PROFILES[profile]) ?? OURS;

/** A document as it was written, with the defaults of its profile where it says nothing. What cannot be read is left to whoever reads it. Never throws. */
export function withProfile(written: unknown): unknown {
  const name = isFields(written) && isFields(written.settings) ? written.settings.profile : undefined;
  if (typeof name !== "string" || !Object.hasOwn(PROFILES, name) || !isFields(written)) return written;
  const { settings, service } = PROFILES[name as ProfileName];
  const { services } = written;
  return {
    ...written,
    settings: { ...settings, ...(written.settings as object) },
    ...(Array.isArray(services) && {
      services: services.map((each: unknown) => (isFields(each) ? { ...service, ...each } : each)),
    }),
  };
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
