import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^effect-wacht$/, replacement: src("index.ts") },
      { find: /^effect-wacht\/(testing|schemas|errors)$/, replacement: src("$1/index.ts") },
      { find: "effect-wacht/UndiciClient", replacement: src("clients/UndiciClient.ts") },
      { find: /^effect-wacht\/(\w+)$/, replacement: src("services/$1.ts") }
    ]
  },
  test: {
    setupFiles: ["test/support/deepEqual.ts", "test/support/stacks.ts", "test/support/turns.ts"],
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    // One for each processor: by default one fewer, which on a machine of two takes half as long again.
    maxWorkers: availableParallelism(),
    // The longest take six seconds; on a machine with nine times as much to do one has taken a minute.
    testTimeout: 180_000,
    hookTimeout: 180_000
  }
})
