// What a page does that follows the public guide. The snippet between the lines
// is the guide's, to the letter; so is the grant's.

import { grantByGuide } from '../../js/lib/guide.mjs'
import openfort from './openfortConfig.mjs'

await openfort.waitForInitialization()

async function grant() {
  // ---- the provider
  const provider = await openfort.embeddedWallet.getEthereumProvider();
  // ----
  return grantByGuide(provider)
}

window.guide = { openfort, grant }
