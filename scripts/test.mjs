// Everything that must hold before a change lands, in the order in which a failure is cheapest to find.
// `npm test -- lint types` runs only the named steps.
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync } from "node:fs"

const report = ".cache/vitest.json"

const steps = [
  ["types", ["tsc", "-p", "tsconfig.json"]],
  ["lint", ["oxlint", "--deny-warnings", "src", "test", "examples", "bench", "scripts"]],
  ["format", ["prettier", "--check", "--log-level", "warn", "src", "test", "examples", "bench", "scripts"]],
  ["layers", ["depcruise", "--config", ".dependency-cruiser.cjs", "src"]],
  ["build", ["node", "scripts/build.mjs"]],
  ["conformance", ["node", "scripts/conformance.mjs", "--dist"]],
  ["package", ["publint", "--strict"]],
  ["exports", ["attw", "--pack", ".", "--profile", "esm-only", "--format", "ascii", "--quiet"]],
  ["type tests", ["tstyche"]],
  ["tests", ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile=${report}`]]
]

const only = process.argv.slice(2)
const chosen = only.length === 0 ? steps : steps.filter(([name]) => only.includes(name))
const started = performance.now()
mkdirSync(".cache", { recursive: true })

for (const [name, [command, ...args]] of chosen) {
  const began = performance.now()
  const binary = command === "node" ? process.execPath : `node_modules/.bin/${command}`
  const { status } = spawnSync(binary, args, { stdio: "inherit", env: { ...process.env, NO_UPDATE_NOTIFIER: "1" } })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`)
  if (status !== 0) process.exit(1)
}

console.log(`all steps in ${((performance.now() - started) / 1000).toFixed(0)} s`)
if (chosen.some(([name]) => name === "tests")) {
  const { numFailedTests, numPassedTests } = JSON.parse(readFileSync(report, "utf8"))
  console.log(`${numPassedTests} passed, ${numFailedTests} failed`)
}
