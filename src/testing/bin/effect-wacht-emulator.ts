#!/usr/bin/env node
/// <reference types="node" />
/** The command. It loads late what needs the optional peer: to help without it, and to say in one line that it is missing. */
import * as Either from "effect/Either"
import process from "node:process"
import { type Arguments, parseArguments } from "./arguments.js"

const refuse = (message: string): void => {
  process.stderr.write(`effect-wacht-emulator${message}\n`)
  process.exitCode = 1
}

const serve = async (options: Arguments): Promise<void> => {
  try {
    const { run } = await import("./main.js")
    run(options)
  } catch (cause) {
    const missing =
      cause instanceof Error &&
      /(?:Cannot|Could not) find (?:package|module) '(@effect\/platform-node|undici)[/']/.exec(cause.message)
    if (!missing) throw cause
    refuse(" needs the package @effect/platform-node: npm install @effect/platform-node@0.108")
  }
}

const parsed = parseArguments(process.argv.slice(2))
if (Either.isLeft(parsed)) refuse(`: ${parsed.left}`)
else if (parsed.right.text !== undefined) process.stdout.write(parsed.right.text)
else await serve(parsed.right)
