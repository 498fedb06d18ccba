/** `npm run faults`: the whole matrix with a table of it, then 2,500 interruptions for each client. `SEED=… npm run faults` repeats their points. */
import { Policy } from "effect-wacht"
import * as Effect from "effect/Effect"
import { seedOf } from "../security/random.js"
import { interrupt } from "./interruption.js"
import { clientNames, type Report, type Result, runMatrix } from "./matrix.js"

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const count = (results: ReadonlyArray<Result>, test: (result: Result) => boolean): number => results.filter(test).length

const table = (results: ReadonlyArray<Result>): void => {
  const names = [...new Set(results.map(({ variant }) => variant.name))]
  const row = (cells: ReadonlyArray<string>) =>
    say(cells.map((cell, index) => cell.padEnd(index === 0 ? 28 : 13)).join(""))
  row(["fault", ...clientNames, "requests", "slowest"])
  for (const name of names) {
    const ofName = results.filter(({ variant }) => variant.name === name)
    row([
      name,
      ...clientNames.map((client) => {
        const ofClient = ofName.filter((result) => result.client === client)
        return `${count(ofClient, ({ problems }) => problems.length === 0)}/${ofClient.length}`
      }),
      String(ofName.reduce((sum, { requests }) => sum + requests, 0)),
      `${Math.max(...ofName.map(({ millis }) => millis))} ms`
    ])
  }
}

const summary = (title: string, report: Report): boolean => {
  const { results } = report
  const wrong = results.filter(({ problems }) => problems.length > 0)
  const kinds = new Set(results.map(({ variant }) => variant.kind)).size
  const operations = new Set(results.map(({ operation }) => operation.name)).size
  say(`\n${title}`)
  table(results)
  say(`${results.length} cases: ${kinds} kinds, ${operations} operations, ${clientNames.length} clients`)
  const isDefect = ({ exit }: Result) => exit._tag === "Failure" && exit.cause._tag !== "Fail"
  say(
    [
      `wrong ${wrong.length}`,
      `defects ${count(results, isDefect)}`,
      `hangs ${count(results, ({ isHang }) => isHang)}`,
      `lost statuses ${count(results, ({ problems }) => problems.some((problem) => problem.startsWith("status")))}`,
      `taken for success ${count(results, ({ problems }) => problems.some((problem) => problem.startsWith("success")))}`,
      `most requests of a case ${Math.max(...results.map(({ requests }) => requests))}`,
      `requests at a redirect's target ${report.strayRequests}`,
      `sockets left open ${report.openSockets}`
    ].join(", ")
  )
  for (const { client, operation, problems, variant } of wrong.slice(0, 40)) {
    say(`  ${variant.name} | ${operation.name} | ${client}: ${problems.join("; ")}`)
  }
  return wrong.length === 0 && report.strayRequests === 0 && report.openSockets === 0
}

const program = Effect.gen(function* () {
  const began = performance.now()
  const seed = seedOf(process.env["SEED"])
  say(`seed of the interruptions: ${seed}`)
  const standard = yield* runMatrix(
    { policy: Policy.standard, concurrency: 48 },
    ({ isPolicyOn, variant }) => isPolicyOn && variant.needsLimit !== true && variant.kind !== "gzip bomb"
  )
  const isRight = summary("under Policy.standard", standard)
  const bombs = yield* runMatrix(
    { policy: Policy.standard, concurrency: 4 },
    ({ isPolicyOn, variant }) => isPolicyOn && variant.kind === "gzip bomb"
  )
  const areBombsRight = summary("under Policy.standard, few at a time", bombs)
  const limited = yield* runMatrix(
    { attemptLimit: "2 seconds", policy: Policy.standard, concurrency: 64 },
    ({ isPolicyOn, variant }) => isPolicyOn && variant.needsLimit === true
  )
  const isLimitedRight = summary("under Policy.standard with 2 s for an attempt", limited)
  const bare = yield* runMatrix(
    { policy: Policy.standard, concurrency: 700 },
    ({ isPolicyOn, variant }) => !isPolicyOn && variant.needsLimit === true
  )
  const isBareRight = summary("without a policy: the SDK's own limit of 30 s", bare)
  say("\ninterruption at random points")
  const reports = yield* Effect.forEach(clientNames, (client) => interrupt(client, 2500, seed))
  for (const [index, report] of reports.entries()) say(`${clientNames[index]}: ${JSON.stringify(report)}`)
  const isQuiet = reports.every(({ defects, openFibers, openSockets, openSpans }) =>
    [defects, openFibers, openSockets, openSpans].every((count) => count === 0)
  )
  say(`\n${((performance.now() - began) / 1000).toFixed(0)} s`)
  return isRight && areBombsRight && isLimitedRight && isBareRight && isQuiet
})

const isRight = await Effect.runPromise(program)
process.exit(isRight ? 0 : 1)
