import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"

/** What is logged, line by line. */
export const logs = () => {
  const lines: Array<string> = []
  const logger = Logger.make(({ logLevel, message }) => void lines.push(`${logLevel.label} ${String(message)}`))
  return { lines, logged: Effect.provide(Logger.replace(Logger.defaultLogger, logger)) }
}
