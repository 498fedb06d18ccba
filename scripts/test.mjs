// Everything that must hold before a change lands. What does not need the build goes beside it, then the tests have the machine for themselves.
// `npm test -- lint types` runs only the named steps.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs"

const beside = [
  ["types", ["tsc", "-p", "tsconfig.json"]],
  ["lint", ["oxlint", "--deny-warnings", "src", "test", "examples", "bench", "scripts"]],
  ["format", ["prettier", "--check", "--log-level", "warn", "src", "test", "examples", "bench", "scripts"]],
  ["layers", ["depcruise", "--config", ".dependency-cruiser.cjs", "src"]]
]

const build = [
  ["build", ["node", "scripts/build.mjs"]],
  ["conformance", ["node", "scripts/conformance.mjs", "--dist"]],
  ["package", ["publint", "--strict"]],
  ["exports", ["attw", "--pack", ".", "--profile", "esm-only", "--format", "ascii", "--quiet"]],
  ["type tests", ["tstyche"]]
]

/** Tests of a process as a whole: its sockets, its memory, what was loaded first. And `layer` of @effect/vitest changes `it` for all that follow. */
const folders = /^test\/(clients|faults|otel|package|security)\//
const marks = /\blayer\b.*from "@effect\/vitest"|support\/(gc|loopback|ownFetch)|\b(globalThis|Metric|process|vi)\./
const isAlone = (name) => folders.test(name) || marks.test(readFileSync(name, "utf8"))

const files = ["examples", "test"]
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name}`))
  .filter((name) => name.endsWith(".test.ts"))

const vitest = (name, files, ...options) => {
  const report = `.cache/${name}.json`
  const always = ["--reporter=default", "--reporter=json", `--outputFile=${report}`, "--no-allowOnly"]
  return { report, step: ["tests", ["vitest", "run", ...always, ...options, ...files]] }
}
// Most share their processes, which load Effect and the sources once: that takes a third off.
const tests = [
  vitest(
    "shared",
    files.filter((name) => !isAlone(name)),
    "--no-isolate"
  ),
  vitest("alone", files.filter(isAlone))
]

const only = process.argv.slice(2)
const known = [...beside, ...build, ...tests.map(({ step }) => step)].map(([name]) => name)
for (const name of only) {
  if (known.includes(name)) continue
  console.error(`no step ${name}: there are ${[...new Set(known)].join(", ")}`)
  process.exit(1)
}
const isWanted = ([name]) => only.length === 0 || only.includes(name)
const started = performance.now()
mkdirSync(".cache", { recursive: true })

const failed = []
const seconds = (since) => ((performance.now() - since) / 1000).toFixed(0)

/** Runs a step; what one beside others says is kept together. */
const run = async ([name, [command, ...args]], stdio) => {
  const began = performance.now()
  const binary = command === "node" ? process.execPath : `node_modules/.bin/${command}`
  const child = spawn(binary, args, { stdio, env: { ...process.env, NO_UPDATE_NOTIFIER: "1" } })
  const said = []
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => said.push(chunk))
  const [status] = await once(child, "close")
  process.stdout.write(Buffer.concat(said))
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name} (${seconds(began)} s)`)
  if (status === 0) return true
  failed.push(name)
  process.exitCode = 1
  return false
}

/** Up to the first that fails here or beside it. What then still runs ends by itself: its own children would outlive a signal. */
const inTurn = async (steps) => {
  for (const step of steps.filter(isWanted)) if (failed.length === 0) await run(step, "pipe")
}

await Promise.all([beside, build].map(inTurn))

const sum = { passed: 0, failed: 0 }
const wanted = failed.length > 0 ? [] : tests.filter(({ step }) => isWanted(step))
for (const { report, step } of wanted) {
  rmSync(report, { force: true })
  const isGood = await run(step, "inherit")
  const counts = existsSync(report)
    ? JSON.parse(readFileSync(report, "utf8"))
    : { numPassedTests: 0, numFailedTests: 0 }
  sum.passed += counts.numPassedTests
  // A file that does not load and a process that dies count as no test.
  sum.failed += isGood ? 0 : Math.max(counts.numFailedTests, 1)
}

console.log(`${failed.length > 0 ? `FAILED: ${failed.join(", ")},` : "all steps"} in ${seconds(started)} s`)
if (wanted.length > 0) console.log(`${sum.passed} passed, ${sum.failed} failed`)
