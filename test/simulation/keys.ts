/**
 * API keys: creation and rotation by one caller or several, who crash, among keys of others.
 */
import { ApiKeys } from "effect-wacht"
import { type ApiKeyWithSecret, KeyId } from "effect-wacht/schemas"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { deedOf, descendants, type Entry, madeByJobs } from "./ledger.js"
import type { Outcome, Violation } from "./outcome.js"
import { type Result, work } from "./worker.js"
import { type Experiment, settleMillis } from "./world.js"

type Kind = "create" | "create with a marker" | "rotate"

/** The owner's dealings with keys that have nothing to do with the job. */
const bystand = (experiment: Experiment, app: string, alive: Set<string>) =>
  Effect.gen(function* () {
    const { dice, int, owner } = experiment
    for (let count = int(4); count > 0; count--) {
      yield* Effect.sleep(int(40_000))
      const [id] = [...alive].sort(() => dice() - 0.5)
      const choice = dice()
      if (id === undefined || choice < 0.5) {
        alive.add((yield* owner.createKey(app)).id)
        continue
      }
      // One that a job killed is found later.
      if (!(yield* owner.listKeys(app)).some((key) => key.id === id)) continue
      alive.delete(id)
      if (choice < 0.8) alive.add((yield* owner.rotateKey(app, id)).id)
      else yield* owner.revokeKey(app, id, "Rotated")
    }
  })

interface Interference {
  readonly at: number
  readonly entry: Entry | undefined
  readonly target: string
}

/** Somebody who revokes or rotates the job's own key in the middle of it. */
const interfere = (experiment: Experiment, app: string, bystanders: ReadonlySet<string>) =>
  Effect.gen(function* () {
    const { dice, int, owner, world } = experiment
    yield* Effect.sleep(int(90_000))
    const [key] = (yield* owner.listKeys(app)).filter(({ id }) => !bystanders.has(id))
    if (key === undefined) return Option.none<Interference>()
    const at = world.clock.clock.unsafeCurrentTimeMillis()
    if (dice() < 0.6) {
      yield* owner.revokeKey(app, key.id, "leaked")
      return Option.some<Interference>({ at, entry: undefined, target: key.id })
    }
    const { id, secret } = yield* owner.rotateKey(app, key.id)
    const entry = { id, secret, parent: key.id, by: "owner", at }
    return Option.some<Interference>({ at, entry, target: key.id })
  })

const judge = (
  experiment: Experiment,
  results: ReadonlyArray<Result<ApiKeyWithSecret>>,
  bystanders: ReadonlySet<string>,
  original: string | undefined,
  interference: Interference | undefined
): Pick<Outcome, "violations" | "superseded"> => {
  const { acts, state } = experiment
  const violations: Array<Violation> = []
  const report = (kind: Violation["kind"], detail: string) => void violations.push({ kind, detail })
  const isAlive = (id: string) => state.apiKeys.get(id)?.isActive === true

  const entries = new Map(madeByJobs(experiment))
  if (interference?.entry !== undefined) entries.set(interference.entry.id, interference.entry)
  const roots = [...entries.values()].filter(({ parent }) => parent === undefined).map(({ id }) => id)
  const lineage = descendants(entries, original === undefined ? roots : [original])
  const live = [...lineage].filter(isAlive)

  const held = new Map<string, { readonly at: number; readonly secret: string }>()
  if (interference?.entry !== undefined) held.set(interference.entry.id, interference.entry)
  for (const { at, result } of results) {
    if (Either.isRight(result)) held.set(result.right.id, { at, secret: Redacted.value(result.right.secret) })
  }
  const named = new Set(results.flatMap(({ result }) => (Either.isLeft(result) ? result.left.live : [])))

  for (const id of live) {
    const isHeld = held.get(id)?.secret === state.apiKeys.get(id)?.secret
    // Somebody rotated what was named; that this is alive now nobody else can know.
    const isOwners = interference?.entry?.id === id && named.has(interference.target)
    if (live.length > 1 && !named.has(id) && !isOwners) report("duplicate left alive", `${id} of ${live.join(", ")}`)
    else if (!isHeld && !named.has(id)) report("secret lost", id)
  }
  for (const id of bystanders)
    if (!isAlive(id)) report("key revoked by mistake", `${id}, which belongs to somebody else`)

  let superseded = 0
  for (const act of acts) {
    const deed = deedOf(act)
    if (deed?.target === undefined) continue
    const { target } = deed
    if (!lineage.has(target)) report("key revoked by mistake", `${target}, by ${act.actor.name}`)
    const holder = held.get(target)
    if (deed.deed === "revoke" && (entries.get(target)?.by !== act.actor.name || holder !== undefined)) {
      report("key revoked by mistake", `${target}, revoked by ${act.actor.name}`)
    }
    if (holder === undefined || holder.at > act.at) continue
    superseded++
    // Somebody held it. Only a run that could not know may have replaced it: one that was in doubt, or that found it at its first look.
    const firstLook = acts.find(
      ({ actor, isAnswered, method }) => actor === act.actor && isAnswered && method === "GET"
    )
    const wasThere = (entries.get(target)?.at ?? 0) <= (firstLook?.at ?? 0)
    if (!act.wasInDoubt && !wasThere) report("key revoked by mistake", `${target}, held, by ${act.actor.name}`)
  }

  const [only] = results
  if (results.length === 1 && only !== undefined) {
    if (interference === undefined) {
      if (Either.isRight(only.result) && (live.length !== 1 || live[0] !== only.result.right.id)) {
        report("wrong answer", `${only.result.right.id} in hand, ${live.join(", ")} alive`)
      }
      if (Either.isLeft(only.result) && only.result.left.live.join() !== live.join()) {
        report("wrong answer", `${only.result.left.reason} names ${only.result.left.live.join()}, ${live.join()} alive`)
      }
    } else if (interference.entry === undefined) {
      for (const { at, id } of entries.values()) if (at > interference.at) report("key brought back", id)
    }
  }
  return { violations, superseded }
}

/** Runs one experiment with keys. */
export const keys = (experiment: Experiment): Effect.Effect<Outcome, { readonly _tag: string }> =>
  Effect.gen(function* () {
    const { dice, index, int, owner } = experiment
    const kind = (["create", "create with a marker", "rotate"] as const)[int(3)] ?? ("rotate" as Kind)
    const app = `app-${index}`
    yield* owner.createApp(app)
    const bystanders = new Set<string>()
    for (let count = int(3); count > 0; count--) {
      bystanders.add((yield* owner.createKey(app, { n: count })).id)
    }
    const original = kind === "rotate" ? KeyId.make((yield* owner.createKey(app)).id) : undefined
    const callers = kind === "create" || dice() < 0.6 ? 1 : 2 + int(2)
    const mayCrash = kind !== "create" && dice() < 0.7
    const given = `marker-${index}`

    const job = (run: number, told: Option.Option<string>) => {
      if (original !== undefined) return ApiKeys.rotateApiKeyReconciled(app, original)
      if (kind === "create with a marker") {
        // The first run says so where it is alone.
        const options = run === 0 && callers === 1 ? { marker: given, isRerun: false } : { marker: given }
        return ApiKeys.createApiKeyReconciled(app, { name: "job", metadata: { team: "a" } }, options)
      }
      return ApiKeys.createApiKeyReconciled(
        app,
        { name: "job" },
        Option.match(told, { onNone: () => ({}), onSome: (marker) => ({ marker }) })
      )
    }

    const bystander = yield* Effect.fork(bystand(experiment, app, bystanders))
    const meddler = dice() < 0.2 ? yield* Effect.fork(interfere(experiment, app, bystanders)) : undefined
    const results = yield* Effect.forEach(
      Array.from({ length: callers }, (_, caller) => caller),
      (caller) => Effect.delay(work(experiment, `caller-${caller}`, job, mayCrash), caller === 0 ? 0 : int(60_000)),
      { concurrency: "unbounded" }
    )
    yield* Fiber.join(bystander)
    const interference = meddler === undefined ? undefined : Option.getOrUndefined(yield* Fiber.join(meddler))
    // Whatever was sent has acted by then.
    yield* Effect.sleep(settleMillis)
    return {
      scenario: `${kind}, ${callers === 1 ? "one caller" : "several callers"}`,
      ...judge(experiment, results, bystanders, original, interference),
      inHand: results.filter(({ result }) => Either.isRight(result)).length,
      named: results.filter(({ result }) => Either.isLeft(result)).length,
      crashes: results.reduce((sum, { crashes }) => sum + crashes, 0)
    }
  })
