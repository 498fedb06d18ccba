/**
 * OAuth clients and their secrets, signing keys, and what a slug names: one caller, who crashes.
 */
import { ApiKeys, OAuth } from "effect-wacht"
import { OAuthClientRecordId } from "effect-wacht/schemas"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Outcome, Violation } from "./outcome.js"
import { type Result, work } from "./worker.js"
import { type Experiment, settleMillis } from "./world.js"

type Report = (kind: Violation["kind"], detail: string) => void

/** A job, and what must hold of its result. */
interface Plan<A> {
  readonly scenario: string
  readonly job: Parameters<typeof work<A>>[2]
  readonly judge: (result: Result<A>["result"], report: Report) => void
}

const registration = {
  clientAuthMethod: "client_secret_basic",
  grantTypes: ["authorization_code"],
  redirectUris: ["https://app.example/callback"]
} as const

const newClient = (
  { index, state }: Experiment,
  app: string
): Plan<{ readonly id: string; readonly clientSecret: Option.Option<Redacted.Redacted> }> => ({
  scenario: "create a client, one caller",
  job: (run) =>
    OAuth.createOAuthClientReconciled(
      app,
      { ...registration, contacts: ["ops@app.example"] },
      { marker: `client-${index}`, isRerun: run > 0 }
    ),
  judge: (result, report) => {
    const marked = [...state.oauthClients.values()].filter(({ contacts }) =>
      contacts.includes(`effect-wacht:client-${index}`)
    )
    const live = marked.filter(({ isActive }) => isActive)
    if (Either.isLeft(result)) {
      if (result.left.live.join() !== live.map(({ id }) => id).join())
        report("wrong answer", "a live client is not named")
      return
    }
    const [client, ...others] = live
    if (others.length > 0 || marked.length > 1) report("duplicate left alive", "clients")
    const secret = Option.match(result.right.clientSecret, { onNone: () => "", onSome: Redacted.value })
    if (client?.id !== result.right.id || client.clientSecret !== secret) report("secret lost", "client")
  }
})

const newSecret = (
  { state }: Experiment,
  app: string,
  recordId: string
): Plan<{ readonly clientSecret: Redacted.Redacted }> => ({
  scenario: "rotate a client's secret, one caller",
  job: (run) => OAuth.rotateOAuthClientSecretReconciled(app, OAuthClientRecordId.make(recordId), { isRerun: run > 0 }),
  judge: (result, report) => {
    if (Either.isLeft(result)) {
      if (result.left.live.join() !== recordId) report("wrong answer", "the client is not named")
    } else if (state.oauthClients.get(recordId)?.clientSecret !== Redacted.value(result.right.clientSecret)) {
      report("secret lost", "client")
    }
  }
})

const newSigningKey = (
  { state }: Experiment,
  app: string,
  appId: string
): Plan<{ readonly new: { readonly kid: string } }> => {
  const active = () => (state.signingKeysOfApp.get(appId) ?? []).filter(({ status }) => status === "active")
  const [before] = active()
  const replaces = before?.kid ?? ""
  return {
    scenario: "rotate a signing key, one caller",
    job: (run) => OAuth.rotateOAuthAppSigningKeyReconciled(app, { replaces, isRerun: run > 0 }),
    judge: (result, report) => {
      const kids = active().map(({ kid }) => kid)
      if (Either.isLeft(result)) report("wrong answer", result.left._tag)
      else if (kids.join() !== result.right.new.kid)
        report("wrong answer", `${result.right.new.kid} is not ${kids.join()}`)
      const made = (state.signingKeysOfApp.get(appId) ?? []).length
      if (made !== 2) report("duplicate left alive", `${made} signing keys`)
    }
  }
}

const named = ({ index, state }: Experiment): Plan<{ readonly slug: string }> => ({
  scenario: "create a scheme by slug, one caller",
  job: (run) =>
    ApiKeys.createRateLimitSchemeReconciled(
      { slug: `scheme-${index}`, name: "Scheme", rules: [{ unit: "minute", duration: 1, maxRequests: 60 }] },
      { isRerun: run > 0 }
    ),
  judge: (result, report) => {
    if (Either.isLeft(result)) report("wrong answer", result.left._tag)
    if (![...state.rateLimitSchemes.values()].some(({ slug }) => slug === `scheme-${index}`))
      report("wrong answer", "no scheme")
  }
})

const carryOut = <A>(experiment: Experiment, plan: Plan<A>): Effect.Effect<Outcome> =>
  Effect.gen(function* () {
    const { crashes, result } = yield* work(experiment, "caller-0", plan.job, experiment.dice() < 0.7)
    yield* Effect.sleep(settleMillis)
    const violations: Array<Violation> = []
    plan.judge(result, (kind, detail) => violations.push({ kind, detail }))
    const isInHand = Either.isRight(result)
    return {
      scenario: plan.scenario,
      violations,
      inHand: isInHand ? 1 : 0,
      named: isInHand ? 0 : 1,
      crashes,
      superseded: 0
    }
  })

/** Runs one experiment with something else than keys. */
export const others = (experiment: Experiment): Effect.Effect<Outcome> =>
  Effect.gen(function* () {
    const { index, int, owner, state } = experiment
    const kind = int(4)
    if (kind === 3) return yield* carryOut(experiment, named(experiment))
    const app = `oauth-${index}`
    const appId = yield* owner.createOAuthApp(app)
    if (kind === 2) return yield* carryOut(experiment, newSigningKey(experiment, app, appId))
    if (kind === 0) return yield* carryOut(experiment, newClient(experiment, app))
    const id = yield* owner.createOAuthClient(app)
    if (!state.oauthClients.has(id)) return yield* Effect.dieMessage("the owner's client is not there")
    return yield* carryOut(experiment, newSecret(experiment, app, id))
  })
