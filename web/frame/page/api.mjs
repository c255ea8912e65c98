// The server's share storage, asked as the logged-in user. The page talks to the
// origin that served it and to nothing else, whatever URLs a request names: a
// page that embeds it cannot have shares sent elsewhere.

// Refused is an answer other than 200. Its message is the server's.
export class Refused extends Error {
  constructor(status, message) {
    super(message)
    this.name = 'Refused'
    this.status = status
  }
}

export class Api {
  #base
  #headers

  // login is {publishableKey, token, thirdPartyProvider, thirdPartyTokenType},
  // the last two only for a token that somebody else issued.
  constructor(base, { publishableKey, token, thirdPartyProvider, thirdPartyTokenType }) {
    if (!token) throw new Error('the request carries no access token of the user')
    this.#base = base
    this.#headers = thirdPartyProvider
      ? { authorization: `Bearer ${publishableKey}`, 'x-player-token': token, 'x-auth-provider': thirdPartyProvider, 'x-token-type': thirdPartyTokenType ?? 'idToken' }
      : { authorization: `Bearer ${token}`, 'x-project-key': publishableKey }
  }

  // createAccount answers {account, signer, device, address, ownerAddress, …}.
  createAccount(account) {
    return this.#send('POST', 'v2/devices/create', account)
  }

  // serverShare answers {id, account, signer, signerAddress, share, …}: the part
  // that belongs to device, or else the one that goes with the recovery share.
  serverShare(account, device) {
    return this.#send('POST', 'v2/devices/recover', { account, device })
  }

  // registerDevice keeps a new server share and answers its device as id.
  registerDevice(account, share, signature) {
    return this.#send('POST', 'v2/devices/register', { account, share, signature })
  }

  // switchChain answers the account of the same owner on another chain.
  switchChain(account, chainId) {
    return this.#send('POST', 'v2/accounts/switch-chain', { account, chainId })
  }

  // keepAuthorization keeps a delegated account's EIP-7702 authorization.
  keepAuthorization(account, signedAuthorization) {
    return this.#send('POST', `v2/accounts/${encodeURIComponent(account)}/authorization`, { signedAuthorization })
  }

  // saveRecovery keeps a new recovery share: {reference, entropy, secret,
  // passkey_reference}.
  saveRecovery(share) {
    return this.#send('POST', 'shield/shares', share)
  }

  // replaceRecovery keeps a recovery share in the place of the old one. It goes
  // with the server share of device keychain_id from then on.
  replaceRecovery(share) {
    return this.#send('PUT', 'shield/shares', share)
  }

  // recovery answers {secret, entropy, reference, …}.
  recovery(reference) {
    return this.#send('GET', `shield/shares/${encodeURIComponent(reference)}`)
  }

  // projectEntropy answers {entropy}, which only an encryption session opens.
  projectEntropy(reference, encryptionSession) {
    return this.#send('POST', 'shield/project/entropy', { reference, encryption_session: encryptionSession })
  }

  async #send(method, path, body) {
    const response = await fetch(new URL(path, this.#base), {
      method,
      headers: { ...this.#headers, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    })
    const answer = await response.json().catch(() => ({}))
    if (!response.ok) throw new Refused(response.status, answer.error?.message ?? answer.message ?? `the server answered ${response.status}`)
    return answer
  }
}
