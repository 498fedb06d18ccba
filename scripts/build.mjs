// Builds dist/ from src/: JavaScript, the declarations that users can reach, and maps from them to the shipped sources.
import { execFileSync } from "node:child_process"
import { markFolder } from "./pure.mjs"
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { transform } from "esbuild"
import { importsOf } from "./lib/imports.mjs"

rmSync("dist", { recursive: true, force: true })
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" })
markFolder("dist")

const emitted = readdirSync("dist", { recursive: true, encoding: "utf8" }).map((name) => join("dist", name))

// The comments stand in the declarations and in the sources; a third time they would only be weight.
for (const file of emitted.filter((name) => name.endsWith(".js"))) {
  const { code } = await transform(readFileSync(file, "utf8"), {
    format: "esm",
    target: "es2022",
    legalComments: "none"
  })
  writeFileSync(file, code)
}

// A declaration that no entry point leads to can be imported by nobody: the exports map is closed.
const { exports } = JSON.parse(readFileSync("package.json", "utf8"))
const reachable = new Set()
const open = Object.values(exports).flatMap((entry) => (entry?.types ? [join(entry.types)] : []))
while (open.length > 0) {
  const file = open.pop()
  if (reachable.has(file)) continue
  reachable.add(file)
  for (const name of importsOf(file, readFileSync(file, "utf8"))) {
    if (name.startsWith(".")) open.push(join(dirname(file), name.replace(/\.js$/, ".d.ts")))
  }
}
for (const file of emitted.filter((name) => /\.d\.ts(\.map)?$/.test(name))) {
  if (!reachable.has(file.replace(/\.map$/, ""))) rmSync(file)
}

const command = "dist/testing/bin/effect-wacht-emulator.js"
if (existsSync(command)) chmodSync(command, 0o755)
