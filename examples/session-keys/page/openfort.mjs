// The browser SDK, pointed at Latchkey, and requests to our own server in the
// name of its user.

import { Openfort } from '@openfort/openfort-js'
import { settings } from './settings.mjs'

export const openfort = new Openfort({
  baseConfiguration: { publishableKey: settings.publishableKey },
  shieldConfiguration: { shieldPublishableKey: settings.publishableKey, passkeyRpId: location.hostname, passkeyRpName: document.title },
  overrides: { backendUrl: settings.api, iframeUrl: settings.api, shieldUrl: settings.shield },
  disableTelemetry: true, // otherwise the SDK reports errors to its maker
})
await openfort.waitForInitialization()

// ask sends a request of the logged-in user to our server.
export async function ask(path, body) {
  const response = await fetch(path, {
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await openfort.getAccessToken()}` },
    body: body && JSON.stringify(body),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error)
  return answer
}
