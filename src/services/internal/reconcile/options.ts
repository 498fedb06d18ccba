/**
 * How reconciliation waits, and how it recognizes its own.
 */
import type * as Duration from "effect/Duration"

/**
 * How long to wait for what a request did, and how often to send it again.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReconcileOptions {
  /** How long after it was sent a request may still act, or its effect be missing from a copy that reads come from; after an unknown outcome this is waited before a look. A finite duration; 30 s unless given. */
  readonly settle?: Duration.DurationInput | undefined
  /** How often a request whose outcome is unknown is sent again before it gives up and names what is alive: 0 or more, 5 unless given. After a creation, taking over what was found counts anew. */
  readonly rounds?: number | undefined
}

/**
 * For a job that an earlier run, now dead, may have begun.
 *
 * @since 0.1.0
 * @category models
 */
export interface RerunOptions extends ReconcileOptions {
  /**
   * Whether an earlier run of the same job may have sent something; then nothing is changed before that has settled. Where a slug tells the
   * job's own, nothing has to settle: then a conflict may be the earlier run's work, and is looked at.
   */
  readonly isRerun?: boolean | undefined
}

/**
 * For a job whose result carries a marker.
 *
 * @since 0.1.0
 * @category models
 */
export interface MarkedOptions extends RerunOptions {
  /**
   * What the job is known by: the same in each of its runs, and in no other job. Made when left out, and then nobody can take up
   * what a crashed run left: without one, `isRerun: true` is refused. With a marker given, `isRerun` is true unless given: pass false in a job's first run to spare the wait.
   */
  readonly marker?: string | undefined
}

/**
 * For a job that replaces a signing key.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReplacingOptions extends RerunOptions {
  /** The `kid` that was active when the job began: where another one is active, the job is done. With it, `isRerun` is true unless given; without it a later run only waits, and rotates once more. */
  readonly replaces?: string | undefined
}
