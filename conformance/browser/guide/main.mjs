// What a page does that follows the public guide. The two snippets between the
// lines are the guide's, to the letter.

import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import openfort from './openfortConfig.mjs'

await openfort.waitForInitialization()

async function grant() {
  // ---- the provider
  const provider = await openfort.embeddedWallet.getEthereumProvider();
  // ---- the grant
  const sessionKey = generatePrivateKey();
  const accountSession = privateKeyToAccount(sessionKey).address;
  const granted =
  await provider.request({
    method: 'wallet_grantPermissions',
    params: [
      {
        signer:{
          type: "account",
          data:{
            id: accountSession
          }
        },
        expiry: 60 * 60 * 24,
        permissions: [
          {
            type: 'contract-call',
            data: {
              address: '0x2522f4fc9af2e1954a3d13f7a5b2683a00a4543a',
              calls: []
            },
            policies: []
          }
        ],
      },
    ],
  });
  // ----
  return { ...granted, key: accountSession }
}

window.guide = { openfort, grant }
