/** `npm run fuzz`: hostile paths and answers in full. `SEED=… npm run fuzz` repeats a run. */
import * as Effect from "effect/Effect"
import { fuzzAnswers } from "./fuzzAnswers.js"
import { fuzzPaths, parameters, targets } from "./fuzzPaths.js"
import { seedOf } from "./random.js"

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const seconds = (began: number): string => `${((performance.now() - began) / 1000).toFixed(0)} s`

const program = Effect.gen(function* () {
  const seed = seedOf(process.env["SEED"])
  say(`seed ${seed}`)
  let began = performance.now()
  const paths = yield* fuzzPaths(seed, 100_000)
  say(
    `paths: ${paths.values} values in ${parameters.length} parameters of ${targets.length} places, ${paths.problems.length} problems, ${seconds(began)}`
  )
  for (const problem of paths.problems) say(`  ${problem}`)
  began = performance.now()
  const answers = yield* fuzzAnswers(seed, { mutated: 100_000, random: 100_000 })
  say(
    `answers: ${answers.answers}, of which ${answers.values} gave a value, ${answers.problems.length} problems, ${seconds(began)}`
  )
  for (const problem of answers.problems) say(`  ${problem}`)
  return paths.problems.length + answers.problems.length
})

const problems = await Effect.runPromise(program)
process.exit(problems === 0 ? 0 : 1)
