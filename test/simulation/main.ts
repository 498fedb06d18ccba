/**
 * `npm run simulate [-- --runs N --seed S --first I --workers W]`: experiments with reconciliation, spread over processes.
 */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { add, emptySummary, simulate, type Summary } from "./simulate.js"

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    first: { type: "string", default: "0" },
    workers: { type: "string", default: "2" }
  }
})
const whole = (name: keyof typeof values): number => {
  const text = values[name]
  if (/^\d+$/.test(text)) return Number(text)
  console.error(`--${name}: a whole number is expected, not ${text}`)
  process.exit(1)
}
const seed = whole("seed")
const first = whole("first")
const runs = whole("runs")
const workers = Math.max(1, Math.min(whole("workers"), runs))

const inChild = (from: number, to: number): Promise<Summary> =>
  new Promise((resolve, reject) => {
    const child = fork(
      fileURLToPath(import.meta.url),
      ["--seed", String(seed), "--first", String(from), "--runs", String(to - from), "--workers", "1"],
      { env: { ...process.env, SIMULATE_CHILD: "1" } }
    )
    let summary: Summary | undefined
    child.on("message", (message) => {
      summary = message as Summary
    })
    child.on("exit", (code) =>
      summary === undefined ? reject(new Error(`a worker ended with ${code}`)) : resolve(summary)
    )
  })

if (process.send !== undefined && process.env["SIMULATE_CHILD"] === "1") {
  process.send(await simulate(seed, first, first + runs))
} else {
  const began = performance.now()
  const share = Math.ceil(runs / workers)
  // five for four are two, two and one: the fourth has none
  const parts = Array.from({ length: Math.ceil(runs / share) }, (_, index) => first + index * share)
  const summaries = await Promise.all(
    parts.map((from) => {
      const to = Math.min(from + share, first + runs)
      return workers === 1 ? simulate(seed, from, to) : inChild(from, to)
    })
  )
  const all = summaries.reduce(add, emptySummary())
  const count = (kind: string) => all.violations.filter((violation) => violation.kind === kind).length
  console.log(`seed ${seed}, ${all.runs} experiments, ${all.requests} requests that acted, ${all.crashes} crashes`)
  for (const [scenario, number] of Object.entries(all.scenarios).sort()) console.log(`  ${number} × ${scenario}`)
  console.log(
    `${all.inHand} callers with the one live key in hand, ${all.named} with a typed error that names what is alive`
  )
  console.log(`${all.superseded} keys in hand replaced by a later run of the same job that could not know`)
  for (const kind of [
    "secret lost",
    "duplicate left alive",
    "key revoked by mistake",
    "key brought back",
    "wrong answer"
  ]) {
    console.log(`${count(kind)} × ${kind}`)
  }
  for (const { detail, index, kind } of all.violations.slice(0, 20)) {
    console.log(`FAILED ${kind}: ${detail}\n  again with: npm run simulate -- --seed ${seed} --first ${index} --runs 1`)
  }
  console.log(`${((performance.now() - began) / 1000).toFixed(1)} s`)
  if (all.violations.length > 0 || all.runs !== runs) process.exitCode = 1
}
