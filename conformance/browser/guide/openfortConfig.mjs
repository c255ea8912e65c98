// The guide's module of this name, with the three URLs of our own server.

import { Openfort } from '@openfort/openfort-js'

const settings = await (await fetch('/settings')).json()

const openfort = new Openfort({
  baseConfiguration: {
    publishableKey: settings.publishableKey,
  },
  shieldConfiguration: {
    shieldPublishableKey: settings.publishableKey,
  },
  overrides: { backendUrl: settings.api, iframeUrl: settings.api, shieldUrl: settings.shield },
  disableTelemetry: true,
})

export default openfort
