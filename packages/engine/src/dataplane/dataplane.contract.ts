/**
 * What every data plane does with packets: sentences of docs/packet-path.md as tables of cases, by topic in `contract/`. An implementation passes by
 * running `dataPlaneContract` with a harness that can send it packets and see what leaves.
 */
import { afterEach, beforeEach, describe } from "vitest";
import { captureSentences } from "./contract/captures.ts";
import { handoverSentences } from "./contract/handover.ts";
import { knownFlowSentences } from "./contract/known-flows.ts";
import { methodSentences } from "./contract/methods.ts";
import { configured, createContractScene, type DataPlaneHarness, type Offloads } from "./contract/scene.ts";
import { serviceSentences } from "./contract/services.ts";
import { stateSentences } from "./contract/states.ts";
import { unknownFlowSentences } from "./contract/unknown-flows.ts";

export { CONTRACT_NETWORK, type DataPlaneHarness, type Observed, type Offloads } from "./contract/scene.ts";

const TOPICS = [
  unknownFlowSentences,
  serviceSentences,
  knownFlowSentences,
  methodSentences,
  handoverSentences,
  stateSentences,
  captureSentences,
];

/** Run every sentence against an implementation. `create` is called for each case; TCP is offloaded everywhere. */
export function dataPlaneContract(
  name: string,
  create: () => DataPlaneHarness | Promise<DataPlaneHarness>,
  offloads: Offloads = ["tcp", "udp"],
): void {
  describe(name, () => {
    let h: DataPlaneHarness;
    beforeEach(async () => {
      h = await create();
      h.dataplane.program([...configured(4), ...configured(6)]);
    });
    afterEach(async () => {
      await h.close();
    });

    for (const family of [4, 6] as const) {
      describe(`IPv${family}`, () => {
        const scene = createContractScene(family, () => h);
        for (const sentences of TOPICS) sentences(scene, offloads);
      });
    }
  });
}
