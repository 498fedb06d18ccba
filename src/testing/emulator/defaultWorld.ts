/** The world of an emulator that was given none: enough to try every operation. */
import * as Pem from "./oauth/pem.js"
import * as RsaKeys from "./oauth/rsaKeys.js"
import type { Encoded } from "./WorldFile.js"

/** Published, and only good for emulators. */
export const credential = "sk_emulator_0000000000000000000000000000000000000000000"

const deployment = "200000000000000001"
const user = "200000000000000011"
const organization = "200000000000000021"
const workspace = "200000000000000031"
const oauthApp = "200000000000000061"

export const file: Encoded = {
  deployments: [
    {
      id: deployment,
      organization_permissions: ["org:admin", "org:read"],
      workspace_permissions: ["workspace:admin", "workspace:read"]
    }
  ],
  actors: { owner: { credential, key_id: "200000000000000002", deployment_id: deployment } },
  users: [{ id: user, deployment_id: deployment, first_name: "Ada" }],
  organizations: [{ id: organization, deployment_id: deployment, name: "Acme" }],
  workspaces: [{ id: workspace, deployment_id: deployment, organization_id: organization, name: "Acme main" }],
  organization_memberships: [
    {
      id: "200000000000000041",
      organization_id: organization,
      user_id: user,
      roles: [{ name: "admin", permissions: ["org:admin", "org:read"] }]
    }
  ],
  workspace_memberships: [
    {
      id: "200000000000000051",
      workspace_id: workspace,
      organization_id: organization,
      organization_membership_id: "200000000000000041",
      user_id: user,
      roles: [{ name: "member", permissions: ["workspace:read"] }]
    }
  ],
  oauth_apps: [
    {
      id: oauthApp,
      deployment_id: deployment,
      slug: "acme-oauth",
      name: "Acme OAuth",
      description: "Sign in with Acme",
      fqdn: "acme-oauth.oapi.trywacht.xyz",
      supported_scopes: ["openid", "profile", "email", "org:read"],
      scope_definitions: [
        { scope: "openid", display_name: "Sign in", category: "personal" },
        { scope: "profile", display_name: "Profile", category: "personal" },
        { scope: "email", display_name: "Email address", category: "personal" },
        {
          scope: "org:read",
          display_name: "Read the organization",
          category: "organization",
          organization_permission: "org:read"
        }
      ]
    }
  ],
  oauth_signing_keys: [
    {
      id: "200000000000000071",
      oauth_app_id: oauthApp,
      kid: `oas-${oauthApp}-200000000000000071`,
      status: "active",
      // the set is used from its start
      public_key_pem: Pem.fromModulus(RsaKeys.modulus(RsaKeys.size - 1))
    }
  ]
}
