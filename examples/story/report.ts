/**
 * Prints a story step by step: in a terminal with progress and colour, elsewhere as plain lines.
 */
import * as Effect from "effect/Effect"

const isTerminal = process.stdout.isTTY === true

const paint = (code: string) => (text: string) => (isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text)

export const bold = paint("1")
export const dim = paint("2")
const green = paint("32")
const red = paint("31")

export const line = (text = ""): Effect.Effect<void> =>
  Effect.sync(() => {
    process.stdout.write(`${text}\n`)
  })

export const chapter = (title: string): Effect.Effect<void> => line(`\n${bold(title)}`)

const pending = (title: string): Effect.Effect<void> =>
  isTerminal ? Effect.sync(() => void process.stdout.write(`  ${dim("…")} ${title}`)) : Effect.void

const clear = isTerminal ? "\r\u001b[2K" : ""

/** Runs one step, then says what came of it and how long it took. */
export const step = <A, E, R>(
  title: string,
  effect: Effect.Effect<A, E, R>,
  outcome: (value: A) => string
): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    yield* pending(title)
    // Not the `Clock`, which a story moves on.
    const started = performance.now()
    const value = yield* Effect.onError(effect, () => line(`${clear}  ${red("✗")} ${title}`))
    const millis = performance.now() - started
    yield* line(`${clear}  ${green("✓")} ${title}: ${outcome(value)} ${dim(`(${millis.toFixed(1)} ms)`)}`)
    return value
  })

/** Ends a story that cannot go on: what failed, what to do about it, and an exit code that says so. */
export const giveUp = (
  error: { readonly _tag: string; readonly message: string },
  advice: string
): Effect.Effect<void> =>
  Effect.zipRight(
    line(`    ${red(error._tag)}: ${error.message}\n    ${advice}\n`),
    Effect.sync(() => {
      process.exitCode = 1
    })
  )
