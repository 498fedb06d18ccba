// What importing the package costs where its peers are loaded already, in fresh processes.
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { median } from "./rounds.js"

const root = fileURLToPath(new URL("..", import.meta.url))

/** Every module of a peer that the core imports. */
const peerModules = (): ReadonlyArray<string> => {
  const found = new Set<string>()
  for (const file of readdirSync(`${root}/dist`, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".js") || /^(?:testing|clients)/.test(file)) continue
    for (const [, name] of readFileSync(`${root}/dist/${file}`, "utf8").matchAll(
      /from "((?:effect|@effect)\/[^"]+)"/g
    )) {
      if (name !== undefined) found.add(name)
    }
  }
  return [...found]
}

const once = (script: string): number =>
  Number(execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: root, encoding: "utf8" }))

/** Milliseconds of `import "effect-wacht"`, the median of fresh processes. */
export const importCost = (processes: number): number => {
  const peers = peerModules()
    .map((name) => `await import(${JSON.stringify(name)});`)
    .join("")
  const script = `${peers} const began = performance.now(); await import("effect-wacht"); console.log(performance.now() - began)`
  return median(Array.from({ length: processes }, () => once(script)))
}
