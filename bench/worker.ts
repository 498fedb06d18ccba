// A process for one case: runs a round whenever it is told to.
import "../test/support/ownFetch.js"
import { casesOf } from "./cases.js"
import { measure } from "./rounds.js"

const [kind = "", index = "0", baseUrl = ""] = process.argv.slice(2)
const one = casesOf(kind, baseUrl)[Number(index)]
if (one === undefined) throw new Error(`no case ${index} of ${kind}`)

process.on("message", ({ atOnce, times }: { readonly atOnce: number; readonly times: number }) => {
  void measure(one, times, atOnce).then((round) => process.send?.(round))
})
process.on("disconnect", () => process.exit(0))
process.send?.(one.name)
