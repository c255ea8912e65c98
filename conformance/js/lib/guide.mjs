// What the public guide's page does to be granted a session. The snippet between
// the lines is the guide's, to the letter.

import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'

// grantByGuide answers what the wallet granted, and the key that it is for.
export async function grantByGuide(provider) {
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
