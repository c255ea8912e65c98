// Checks answers against the official SDK's own type definitions. The JSON
// schemas are derived from the d.ts file that the locked SDK version ships.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import Ajv from 'ajv'
import { createGenerator } from 'ts-json-schema-generator'

const ROOTS = [
  'AuthSessionResponse', 'AuthUserResponse', 'UserDeleteResponse', 'UserListResponse',
  'AccountListResponse', 'AccountResponse', 'AccountV2Response', 'BaseEntityListResponseAccountV2Response',
  'ContractDeleteResponse', 'ContractListResponse', 'ContractReadResponse', 'ContractResponse',
  'EstimateTransactionIntentGasResult',
  'InvalidRequestErrorResponse',
  'PlayerDeleteResponse', 'PlayerListResponse', 'PlayerResponse',
  'PolicyDeleteResponse', 'PolicyListResponse', 'PolicyResponse', 'PolicyRuleDeleteResponse', 'PolicyRuleListResponse', 'PolicyRuleResponse',
  'SessionListResponse', 'SessionResponse',
  'TransactionIntentListResponse', 'TransactionIntentResponse',
]

// Fields that Latchkey adds to the SDK's types, and why. A field that is in
// neither is a mistake, and fails.
const ADDITIONS = {
  SessionResponse: {
    status: { enum: ['pending', 'scheduled', 'active', 'exhausted', 'expired', 'revoked'] }, // isActive does not say why not
    usage: { type: 'object' }, // what is used and left of each limit
    sudo: { type: 'boolean' }, // the key may do anything: shown, so that it is never by accident
    permissions: { type: 'array' }, // functions, which whitelist cannot express
    feeLimit: { type: 'string', pattern: '^[0-9]+$' }, // wei that the key may cost
    signer: { type: 'object' }, // kind of the session key, and its public key where it is not secp256k1
    registration: { enum: ['onchain', 'first-use', 'stateless'] }, // how the account gets to know it
    notice: { type: 'string' }, // how the grant differs from what was sent
    description: { type: 'string' }, // what the key may do, in plain words
    blockedAt: { type: 'integer' }, // since when the server refuses to act for the key
    warnings: { type: 'array', items: { type: 'string' } }, // what makes the grant wide
  },
  NextActionPayload: {
    typedData: { type: 'object' }, // the grant, for wallets to show
    expiresAt: { type: 'integer' }, // chain time until which the signature is taken
  },
  InvalidRequestError: {
    code: { type: 'string' }, // stable word for programs; the browser SDK picks its error class by it
  },
}

const here = dirname(fileURLToPath(import.meta.url))
const sdk = dirname(dirname(createRequire(import.meta.url).resolve('@openfort/openfort-node')))

function definitions() {
  const { version } = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8'))
  const roots = createHash('sha256').update(ROOTS.join()).digest('hex').slice(0, 8)
  const cache = resolve(here, `../out/openfort-node-${version}-${roots}.schema.json`)
  if (existsSync(cache)) return JSON.parse(readFileSync(cache, 'utf8'))

  const generator = createGenerator({ path: join(sdk, 'dist/index.d.ts'), skipTypeCheck: true, expose: 'all', additionalProperties: false })
  const all = Object.assign({}, ...ROOTS.map((name) => generator.createSchema(name).definitions))
  mkdirSync(dirname(cache), { recursive: true })
  // Suites run side by side: none may read a half-written file.
  const partial = `${cache}.${process.pid}`
  writeFileSync(partial, JSON.stringify(all))
  renameSync(partial, cache)
  return all
}

function compile() {
  const all = definitions()
  for (const [name, fields] of Object.entries(ADDITIONS)) {
    if (!all[name]) throw new Error(`the SDK has no type ${name} to add to`)
    Object.assign(all[name].properties, fields)
  }
  const ajv = new Ajv({ allErrors: true, strict: false })
  ajv.addSchema({ $id: 'sdk', definitions: all })
  return ajv
}

let ajv

// conform answers value, and fails when it is not a value of the SDK's type.
export function conform(type, value) {
  ajv ??= compile()
  const validate = ajv.getSchema(`sdk#/definitions/${type}`)
  if (!validate) throw new Error(`the SDK has no type ${type}`)
  // As it travelled: what JSON cannot hold was not in the answer.
  if (validate(JSON.parse(JSON.stringify(value)))) return value
  throw new Error(`not a ${type} of the official SDK: ${ajv.errorsText(validate.errors, { separator: '\n  ' })}\n${JSON.stringify(value, null, 2)}`)
}
