#!/usr/bin/env node
/// <reference types="node" />
/** The command. It loads the rest late, to say in one line what is missing. */
import process from "node:process"

try {
  const { run } = await import("./main.js")
  run(process.argv.slice(2))
} catch (cause) {
  const missing =
    cause instanceof Error &&
    /(?:Cannot|Could not) find (?:package|module) '(@effect\/platform-node|undici)[/']/.exec(cause.message)
  if (!missing) throw cause
  process.stderr.write(
    `effect-wacht-emulator needs the package @effect/platform-node: npm install @effect/platform-node@0.108\n`
  )
  process.exitCode = 1
}
