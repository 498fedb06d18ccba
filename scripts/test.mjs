// Everything that must hold before a change lands. What does not need the build goes beside it, then the tests have the machine for themselves.
// `npm test -- lint types` runs only the named steps.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, readdirSync, readFileSync } from "node:fs"

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
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile=${report}`]
  return { report, step: ["tests", ["vitest", "run", ...reporters, ...options, ...files]] }
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
const started = performance.now()
mkdirSync(".cache", { recursive: true })

const seconds = (since) => ((performance.now() - since) / 1000).toFixed(0)

const ended = new AbortController()

/** Runs a step; what one beside others says is kept together. */
const run = async ([name, [command, ...args]], stdio) => {
  const began = performance.now()
  const binary = command === "node" ? process.execPath : `node_modules/.bin/${command}`
  const child = spawn(binary, args, { stdio, signal: ended.signal, env: { ...process.env, NO_UPDATE_NOTIFIER: "1" } })
  const said = []
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => said.push(chunk))
  const [status] = await once(child, "close")
  process.stdout.write(Buffer.concat(said))
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name} (${seconds(began)} s)`)
  if (status !== 0) {
    // What runs beside it must not write into the build that comes next.
    ended.abort()
    process.exit(1)
  }
}

const inTurn = async (steps, stdio) => {
  for (const step of steps) if (only.length === 0 || only.includes(step[0])) await run(step, stdio)
}

await Promise.all([beside, build].map((steps) => inTurn(steps, "pipe")))
await inTurn(
  tests.map(({ step }) => step),
  "inherit"
)

console.log(`all steps in ${seconds(started)} s`)
if (only.length === 0 || only.includes("tests")) {
  const reports = tests.map(({ report }) => JSON.parse(readFileSync(report, "utf8")))
  const sum = (count) => reports.reduce((total, report) => total + report[count], 0)
  console.log(`${sum("numPassedTests")} passed, ${sum("numFailedTests")} failed`)
}
