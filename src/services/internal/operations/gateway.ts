/**
 * The operation of the gateway.
 */
import { validation } from "../../../errors/internal/ownErrors.js"
import { AuthzDecision, CheckAuthzInput } from "../../../schemas/Authz.js"
import { jsonOutput, operation, operationsOf } from "../operation.js"
import { json } from "../requestBody.js"

/** By name. */
export const gatewayOperations = operationsOf("Gateway", {
  checkAuthz: operation({
    method: "POST",
    path: "/v1/authz/check",
    repeat: "metered",
    host: "gateway",
    body: json(CheckAuthzInput),
    output: jsonOutput(AuthzDecision),
    errors: validation
  })
})
