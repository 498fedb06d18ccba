import { assert, describe, it } from "vitest"
import { simulate } from "./simulate.js"

/** `npm run simulate` runs 100,000 of these, with a seed of its own. */
const seed = 20_260_101
const experiments = 200

describe("reconciliation, simulated", () => {
  it(`loses no secret, leaves no duplicate and revokes nothing by mistake in ${experiments} experiments`, async () => {
    const summary = await simulate(seed, 0, experiments)
    assert.deepStrictEqual(
      summary.violations.map(({ detail, index, kind }) => `seed ${seed}, experiment ${index}: ${kind}, ${detail}`),
      []
    )
    assert.strictEqual(summary.runs, experiments)
    assert.isAbove(summary.crashes, experiments / 10)
    assert.isAbove(summary.inHand, experiments)
  })

  it("does so too where two runs create at once, and where a rotation that was lost acts late", async () => {
    for (const experiment of [234, 789, 902, 669, 941, 1493]) {
      assert.deepStrictEqual((await simulate(seed, experiment, experiment + 1)).violations, [])
    }
  })

  it("runs the same experiment again for the same seed", async () => {
    const [first, second] = [await simulate(seed, 7, 12), await simulate(seed, 7, 12)]
    assert.deepStrictEqual(second, first)
  })
})
