// Everything that must hold before a change lands. What does not need the build goes beside it, then the tests have the machine for themselves.
// `npm test -- lint types` runs only the named steps.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, readFileSync } from "node:fs"

const report = ".cache/vitest.json"

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

const tests = [["tests", ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile=${report}`]]]

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
await inTurn(tests, "inherit")

console.log(`all steps in ${seconds(started)} s`)
if (only.length === 0 || only.includes("tests")) {
  const { numFailedTests, numPassedTests } = JSON.parse(readFileSync(report, "utf8"))
  console.log(`${numPassedTests} passed, ${numFailedTests} failed`)
}
