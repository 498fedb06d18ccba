#!/usr/bin/env node
// Starts the emulator's server on the recorded world, plays the recorded exchanges against it and prints how many
// agree per operation. `--file FILE` plays others of the same world; `--dist` takes the built command;
// `--write-docs` puts the counts into docs/emulator.md.
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const args = process.argv.slice(2)
const fileAt = args.indexOf("--file")
const exchanges = fileAt < 0 ? "test/contract/exchanges.jsonl" : (args[fileAt + 1] ?? "")
const worldFile = "test/contract/world.json"
const { recorded_from: now } = JSON.parse(readFileSync(`${root}/${worldFile}`, "utf8"))

const command = args.includes("--dist")
  ? ["dist/testing/bin/effect-wacht-emulator.js"]
  : ["--import", "tsx", "src/testing/bin/effect-wacht-emulator.ts"]
const server = spawn(
  process.execPath,
  [...command, "--world", worldFile, "--now", now, "--port", "0", "--gateway-port", "0", "--seed", "conformance"],
  {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"]
  }
)
const ended = new Promise((resolve) => server.once("exit", resolve))
process.once("exit", () => server.kill())

const urls = await new Promise((resolve, reject) => {
  let said = ""
  server.stdout.on("data", (chunk) => {
    said += chunk
    const found = /^WACHT_API_URL=(\S+)\nWACHT_GATEWAY_URL=(\S+)$/m.exec(said)
    if (found) resolve({ api: found[1], gateway: found[2] })
  })
  ended.then(() => reject(new Error("the server ended before it listened")))
})

const report = join(mkdtempSync(join(tmpdir(), "conformance-")), "report.json")
const options = [
  "--api",
  urls.api,
  "--gateway",
  urls.gateway,
  "--file",
  exchanges,
  "--world",
  worldFile,
  "--no-wait",
  "--json",
  report
]
const replay = spawn(
  process.execPath,
  ["--import", "./scripts/lib/noContent.mjs", "test/contract/replay.mjs", ...options],
  {
    cwd: root,
    stdio: "inherit"
  }
)
// One that was ended from outside has no code, which would count as 0.
process.exitCode = (await new Promise((resolve) => replay.once("exit", resolve))) ?? 1
server.kill("SIGTERM")
const code = await ended
if (code !== 0) {
  console.error(`the server ended with ${code}`)
  process.exitCode = 1
}
if (args.includes("--write-docs")) {
  const { page, supportTable, withTable } = await import("../test/testing/emulator/supportTable.ts")
  const { exchanges: results } = JSON.parse(readFileSync(report, "utf8"))
  writeFileSync(page, withTable(readFileSync(page, "utf8"), supportTable(results)))
}
rmSync(dirname(report), { recursive: true })
