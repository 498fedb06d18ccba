/** Scopes of an OAuth app and their definitions. */
import * as Either from "effect/Either"
import { compareBytes, trim, trimToNull } from "../text.js"
import type { ScopeCategory, ScopeDefinition } from "../World.js"

/** A definition as a request gives it. */
export interface ScopeDefinitionInput {
  readonly scope: string
  readonly display_name: string
  readonly description: string
  readonly archived: boolean
  readonly category: string
  readonly organization_permission: string | undefined
  readonly workspace_permission: string | undefined
}

/** Trimmed, without blanks and repetitions, in the order of bytes. */
export const normalize = (scopes: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...new Set(scopes.map(trim))].filter((scope) => scope !== "").sort(compareBytes)

/** The form's one text part: comma-separated, anything else is part of a scope. */
export const fromCommaList = (text: string): ReadonlyArray<string> => normalize(text.split(","))

export const defaultDescription = (scope: string): string => `Allows ${scope} access`

/** What a scope means of which nothing was said. */
export const defaultDefinition = (scope: string): ScopeDefinition => ({
  scope,
  displayName: scope,
  description: defaultDescription(scope),
  archived: false,
  category: "",
  organizationPermission: null,
  workspacePermission: null
})

/** A category in any case, with or without blanks around it. */
export const readCategory = (text: string): ScopeCategory | undefined => {
  const word = trim(text).toLowerCase()
  return word === "" || word === "personal" || word === "organization" || word === "workspace" ? word : undefined
}

const permissionViolation = (definition: ScopeDefinition): string | undefined => {
  const hasOrganization = definition.organizationPermission !== null
  const hasWorkspace = definition.workspacePermission !== null
  const subject = `scope '${definition.scope}'`
  switch (definition.category) {
    case "":
      return hasOrganization || hasWorkspace
        ? `${subject} without category cannot define permission mappings`
        : undefined
    case "personal":
      return hasOrganization || hasWorkspace
        ? `${subject} with category 'personal' cannot define organization/workspace permissions`
        : undefined
    case "organization":
      return hasWorkspace ? `${subject} with category 'organization' cannot define workspace permission` : undefined
    case "workspace":
      return hasOrganization ? `${subject} with category 'workspace' cannot define organization permission` : undefined
  }
}

const define = (scope: string, input: ScopeDefinitionInput): Either.Either<ScopeDefinition, string> => {
  const category = readCategory(input.category)
  if (category === undefined) {
    return Either.left("scope category must be one of: personal, organization, workspace")
  }
  const definition: ScopeDefinition = {
    scope,
    // Blank or not is all that is looked at: the scope's own route trims, this one keeps what was sent.
    displayName: trim(input.display_name) === "" ? scope : input.display_name,
    description: trim(input.description) === "" ? defaultDescription(scope) : input.description,
    archived: input.archived,
    category,
    organizationPermission: trimToNull(input.organization_permission),
    workspacePermission: trimToNull(input.workspace_permission)
  }
  const violation = permissionViolation(definition)
  return violation === undefined ? Either.right(definition) : Either.left(violation)
}

/**
 * One definition per supported scope, in its order, or the first rule broken.
 *
 * The last of several inputs for a scope counts; inputs for other scopes are not even looked at.
 */
export const mergeDefinitions = (
  supported: ReadonlyArray<string>,
  inputs: ReadonlyArray<ScopeDefinitionInput>
): Either.Either<ReadonlyArray<ScopeDefinition>, string> => {
  const byScope = new Map(inputs.map((input) => [trim(input.scope), input]))
  return Either.all(
    supported.map((scope) => {
      const input = byScope.get(scope)
      return input === undefined ? Either.right(defaultDefinition(scope)) : define(scope, input)
    })
  )
}
