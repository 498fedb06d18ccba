/** Pages that fail at random, in every way that a page can fail. */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { type Emulator, Fault } from "../../src/testing/index.js"

const faults = [
  Fault.status(500),
  Fault.status(503),
  Fault.html(502),
  Fault.status(429),
  Fault.refuseConnection,
  Fault.loseBefore,
  Fault.loseAfter,
  Fault.cutBody
]

/**
 * Lets this share of the audit pages fail; the same ones from run to run. Pages with dates are spared where they are refused anyway:
 * the refusal is only known by its 500, and any other last failure of a page stands.
 */
export const failAtRandom = (
  emulator: Emulator.Service,
  share: number,
  audit: "meant" | "plainClickHouse"
): Effect.Effect<void> => {
  const random = Random.make("audit-proof")
  const dice = (): number => Effect.runSync(random.next)
  let chosen = -1
  return Effect.forEach(
    faults,
    (fault, index) => {
      // Rules are tried in order: the first one throws the dice for all.
      const when = ({ query }: Emulator.SeenRequest) => {
        if (audit === "plainClickHouse" && query.includes("start_date=")) return false
        if (index === 0) chosen = dice() < share ? Math.floor(dice() * faults.length) : -1
        return chosen === index
      }
      return emulator.failEvery(fault, { operation: "getApiAuditLogs", when })
    },
    { discard: true }
  )
}
