// Builds dist/ from src/: JavaScript, declarations, and maps to the sources that are shipped beside them.
import { execFileSync } from "node:child_process"
import { chmodSync, existsSync, rmSync } from "node:fs"

rmSync("dist", { recursive: true, force: true })
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" })

const command = "dist/testing/bin/effect-wacht-emulator.js"
if (existsSync(command)) chmodSync(command, 0o755)
