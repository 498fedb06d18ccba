/** The version of the package, as its user-agent says it; a test holds it equal to package.json. */
export const version = "0.1.0"
