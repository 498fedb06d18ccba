/** Which room may know which: schemas and errors know nothing, services know both, testing knows all, the index all but testing. */
module.exports = {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    { name: "schemas-know-nothing", severity: "error", from: { path: "^src/schemas" }, to: { path: "^src/", pathNot: "^src/schemas/" } },
    { name: "errors-know-nothing", severity: "error", from: { path: "^src/errors" }, to: { path: "^src/", pathNot: "^src/errors/" } },
    { name: "services-know-schemas-and-errors", severity: "error", from: { path: "^src/services" }, to: { path: "^src/(testing|clients|index)" } },
    { name: "index-without-testing", severity: "error", from: { path: "^src/index\\.ts$" }, to: { path: "^src/testing", reachable: true } },
    {
      name: "emulator-judges-for-itself",
      comment: "the emulator must be able to disagree with the SDK",
      severity: "error",
      from: { path: "^src/testing/emulator/" },
      to: { path: "^src/(schemas|errors|services|clients)/" }
    },
    { name: "no-node-built-in", severity: "error", from: { path: "^src/", pathNot: "^src/testing/bin/" }, to: { dependencyTypes: ["core"] } },
    { name: "no-development-dependency", severity: "error", from: { path: "^src/" }, to: { dependencyTypes: ["npm-dev"], pathNot: "node_modules/(effect|@effect/platform|@effect/platform-node|undici)/" } }
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"], extensions: [".ts", ".js"] }
  }
}
