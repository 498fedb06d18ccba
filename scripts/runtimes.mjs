#!/usr/bin/env node
// Runs the smoke suite from the packed tarball on Node, Bun, Deno and workerd, each against an emulator of its own,
// which the package's command serves on Node. Installs the runtimes first, which is the only use of the network.
// `npm run runtimes -- bun deno` takes only the named ones.
import { spawn, spawnSync } from "node:child_process"
import { copyFileSync, existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { pack } from "../test/package/packed.ts"
import { faults } from "../test/runtimes/suite.mjs"

const folder = fileURLToPath(new URL("../test/runtimes", import.meta.url))
const binary = (path) => join(folder, "node_modules", path)
const only = process.argv.slice(2)

const commandLine = (path, flags, version) => ({ path, flags, version, run: runCommandLine })
/** Node, with its own fetch, or over `UndiciClient` with the undici of a folder. */
const node = (version, undici) => ({ ...commandLine(binary(`node-${version}/bin/node`), [], ["--version"]), undici })
const ownUndici = join(folder, "../../node_modules/undici")
const runtimes = {
  "Node 20": node(20),
  "Node 22": node(22),
  "Node 24": node(24),
  "Node 26": node(26),
  "Node 20, undici 7": node(20, ownUndici),
  "Node 26, undici 7": node(26, ownUndici),
  "Node 22, undici 8": node(22, binary("undici")),
  "Node 26, undici 8": node(26, binary("undici")),
  Bun: commandLine(binary("@oven/bun-linux-x64/bin/bun"), ["run"], ["--version"]),
  Deno: commandLine(
    binary("@deno/linux-x64-glibc/deno"),
    ["run", "--no-remote", "--no-lock", "--node-modules-dir=manual", "--allow-net", "--allow-read", "--allow-env"],
    ["--version"]
  ),
  workerd: {
    path: binary("@cloudflare/workerd-linux-64/bin/workerd"),
    version: ["--version"],
    run: runWorkerd
  }
}

const ended = (child) => new Promise((resolve) => child.once("exit", (code) => resolve(code)))

/** What a child says, until it is as wanted. */
const said = (child, stream, find) =>
  new Promise((resolve, reject) => {
    let text = ""
    stream.on("data", (chunk) => {
      text += chunk
      const found = find(text)
      if (found) resolve(found)
    })
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${text}`)))
  })

const closedPort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

async function runCommandLine({ flags, path, undici }, project, settings) {
  const client = undici === undefined ? "fetch" : "UndiciClient"
  if (undici !== undefined) {
    const link = join(project, "node_modules/undici")
    rmSync(link)
    symlinkSync(undici, link, "dir")
  }
  const child = spawn(path, [...flags, join(project, "main.mjs"), JSON.stringify({ ...settings, client })], {
    cwd: project,
    stdio: ["ignore", "pipe", "inherit"]
  })
  let text = ""
  child.stdout.on("data", (chunk) => (text += chunk))
  const code = await ended(child)
  if (code !== 0) throw new Error(`ended with ${code}`)
  return JSON.parse(text)
}

const workerdConfig = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "suite", worker = (modules = [(name = "worker", esModule = embed "bundle.mjs")], compatibilityDate = "2025-09-01")),
    (name = "internet", network = (allow = ["local", "private", "public"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "suite")]
);
`

async function runWorkerd({ path }, project, settings) {
  await build({
    entryPoints: [join(project, "worker.mjs")],
    outfile: join(project, "bundle.mjs"),
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "error"
  })
  writeFileSync(join(project, "suite.capnp"), workerdConfig)
  const child = spawn(path, ["serve", "--control-fd=3", join(project, "suite.capnp")], {
    stdio: ["ignore", "inherit", "inherit", "pipe"]
  })
  try {
    const port = await said(child, child.stdio[3], (text) => /"port":(\d+)/.exec(text)?.[1])
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(settings) })
    if (!answer.ok) throw new Error(`answered ${answer.status}: ${await answer.text()}`)
    return await answer.json()
  } finally {
    const over = ended(child)
    child.kill("SIGTERM")
    await over
  }
}

const withEmulator = async (packed, use) => {
  const file = join(packed.project, "faults.json")
  writeFileSync(file, JSON.stringify(faults))
  const command = join(packed.home, packed.manifest.bin["effect-wacht-emulator"])
  const server = spawn(process.execPath, [command, "--port", "0", "--faults", file], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  const settings = await said(server, server.stdout, (text) => {
    const found = Object.fromEntries(
      [...text.matchAll(/^(WACHT_\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value])
    )
    return Object.keys(found).length === 3 ? found : undefined
  })
  const url = { url: settings.WACHT_API_URL, gatewayUrl: settings.WACHT_GATEWAY_URL }
  const closedUrl = `http://127.0.0.1:${await closedPort()}`
  const stop = async () => {
    const over = ended(server)
    server.kill("SIGTERM")
    return await over
  }
  const results = await use({ ...url, closedUrl, apiKey: settings.WACHT_API_KEY }).catch(async (cause) => {
    await stop()
    throw cause
  })
  const code = await stop()
  if (code !== 0) throw new Error(`the emulator ended with ${code}`)
  return results
}

if (!Object.values(runtimes).every(({ path, undici = path }) => existsSync(path) && existsSync(undici))) {
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts"], { cwd: folder, stdio: "inherit" })
  if (status !== 0) process.exit(status ?? 1)
}

const packed = await pack()
for (const name of ["main.mjs", "suite.mjs", "worker.mjs"]) copyFileSync(join(folder, name), join(packed.project, name))
// Deno looks for packages only where a manifest stands
writeFileSync(join(packed.project, "package.json"), JSON.stringify({ private: true, type: "module" }))

const rows = []
for (const [name, runtime] of Object.entries(runtimes)) {
  if (only.length > 0 && !only.some((wanted) => name.toLowerCase().includes(wanted.toLowerCase()))) continue
  const version =
    spawnSync(runtime.path, runtime.version, { encoding: "utf8" }).stdout?.match(/\d[\d.-]*\d/)?.[0] ?? "?"
  const began = performance.now()
  let results = []
  let broken
  try {
    results = await withEmulator(packed, (settings) => runtime.run(runtime, packed.project, settings))
  } catch (cause) {
    broken = cause
  }
  const wrong = results.filter(({ error }) => error !== null)
  for (const { error, name: check } of wrong) console.error(`${name}: ${check}: ${error}`)
  if (broken !== undefined) console.error(`${name}: ${broken}`)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const isGood = broken === undefined && wrong.length === 0 && results.length > 0
  rows.push({ name, version, passed: results.length - wrong.length, all: results.length, seconds, isGood })
}
packed.remove()

console.log(`\n| Runtime | Version | Checks passed | Seconds |\n|---|---|---|---|`)
for (const { all, name, passed, seconds, version } of rows) {
  console.log(`| ${name} | ${version} | ${passed} / ${all} | ${seconds} |`)
}
if (rows.length === 0 || rows.some(({ isGood }) => !isGood)) process.exitCode = 1
