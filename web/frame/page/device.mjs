// What this browser keeps for one project: the device share of each owner key,
// and the accounts that the key owns. Browsers give a page in a frame storage of
// its own for each site that embeds it.
//
//   {"current": "acc_…", "signers": {"sig_…": {user, owner, device, share, accounts: {"acc_…": {address, chainId, accountType}}}}}
//
// share is base64url, device the id under which the server keeps its part.

export class Device {
  #storage
  #name

  // storage is a Storage, such as localStorage.
  constructor(storage, publishableKey) {
    this.#storage = storage
    this.#name = `latchkey.${publishableKey}`
  }

  // of answers {signer, user, owner, device, share, account, address, chainId,
  // accountType} for an account, or null.
  of(account) {
    for (const [signer, { accounts, ...kept }] of Object.entries(this.#read().signers)) {
      if (Object.hasOwn(accounts, account)) return { signer, ...kept, account, ...accounts[account] }
    }
    return null
  }

  // current is what of answers for the account used last.
  current() {
    const { current } = this.#read()
    return current ? this.of(current) : null
  }

  // keep saves what of answers, and makes it current. A new share replaces the
  // signer's old one for all its accounts.
  keep({ signer, user, owner, device, share, account, address, chainId, accountType }) {
    const all = this.#read()
    const accounts = { ...all.signers[signer]?.accounts, [account]: { address, chainId, accountType } }
    all.signers[signer] = { user, owner, device, share, accounts }
    all.current = account
    this.#write(all)
  }

  forgetAll() {
    this.#storage.removeItem(this.#name)
  }

  // isIn says whether a storage event is about what is kept here.
  isIn(event) {
    return event.key === null || event.key === this.#name
  }

  // What cannot be read was not written by this page: it starts anew, and the
  // key comes back by its recovery share.
  #read() {
    try {
      const all = JSON.parse(this.#storage.getItem(this.#name))
      if (all?.signers) return all
    } catch {}
    return { current: null, signers: {} }
  }

  // A browser that keeps nothing for frames costs the user a recovery at each
  // visit, not the wallet.
  #write(all) {
    try {
      this.#storage.setItem(this.#name, JSON.stringify(all))
    } catch {}
  }
}

// memory stands in where the browser gives the page no storage.
export function memory() {
  const items = new Map()
  return {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, value),
    removeItem: (name) => void items.delete(name),
  }
}
