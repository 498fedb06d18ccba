// Marks the calls that make a module's own constants as free of side effects, so that a bundler can leave out what an app does not use.
// Only declarations at the left margin, whose value is one call or a class over one; every such call in src/ only builds a value.
import { readdirSync, readFileSync, writeFileSync } from "node:fs"

const constant = /^((?:export )?const \w+ = )(?=[A-Za-z_][\w.]*\()/gm
const classOver = /^((?:export )?class \w+ extends )(?=[A-Za-z_][\w.]*\()/gm

/** The same code with marks. */
export const markPure = (code) => code.replace(constant, "$1/*#__PURE__*/ ").replace(classOver, "$1/*#__PURE__*/ ")

/** Marks every module of a folder. */
export const markFolder = (folder) => {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".js")) continue
    const path = `${folder}/${name}`
    writeFileSync(path, markPure(readFileSync(path, "utf8")))
  }
}
