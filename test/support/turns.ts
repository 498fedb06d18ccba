/**
 * Lets the event loop turn after every test. Tests that only compute would hold it for as long as their file takes, and where that is a minute,
 * on a slow machine, the runner takes its own messages for lost and fails a run in which every test passed.
 */
import { afterEach } from "vitest"

afterEach(() => new Promise((resolve) => setImmediate(resolve)))
