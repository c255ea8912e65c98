// Has the owner sign with a wallet of this browser. Wallets announce themselves
// (EIP-6963); the one that is chosen is asked for the owner's account and for a
// signature, which is sent as a form would send it.

const panel = document.querySelector('[data-wallet]')
if (panel) offer(panel)

function offer(panel) {
  const { owner, hash, typed, action } = panel.dataset
  const list = panel.querySelector('[data-wallets]')
  const none = panel.querySelector('[data-wallet-none]')
  const problem = panel.querySelector('[data-wallet-problem]')
  const known = new Set()

  const fail = (text) => {
    problem.textContent = text
    problem.hidden = false
  }

  async function sign(provider) {
    const accounts = await provider.request({ method: 'eth_requestAccounts' })
    const account = accounts.find((a) => a.toLowerCase() === owner.toLowerCase())
    if (!account) throw new Error(`This wallet offers ${accounts.join(', ') || 'no account'}, and the owner is ${owner}: choose that account in the wallet.`)
    if (typed) return provider.request({ method: 'eth_signTypedData_v4', params: [account, typed] })
    return provider.request({ method: 'personal_sign', params: [hash, account] })
  }

  async function send(signature) {
    const answer = await fetch(action, {
      method: 'POST',
      headers: { 'X-CSRF-Token': document.querySelector('meta[name=csrf]').content, 'HX-Request': 'true' },
      body: new URLSearchParams({ signature }),
    })
    if (answer.ok) return
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    throw new Error(page.body.textContent.trim() || `The server answered ${answer.status}.`)
  }

  async function use(button, provider) {
    problem.hidden = true
    button.disabled = true
    try {
      await send(await sign(provider))
      location.reload()
    } catch (error) {
      fail(error?.code === 4001 ? 'The wallet was told not to sign.' : String(error?.message ?? error))
      button.disabled = false
    }
  }

  addEventListener('eip6963:announceProvider', ({ detail: { info, provider } }) => {
    if (known.has(info.uuid)) return
    known.add(info.uuid)
    none.hidden = true
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'primary'
    button.textContent = `Sign with ${info.name}`
    button.addEventListener('click', () => use(button, provider))
    list.append(button)
  })
  dispatchEvent(new Event('eip6963:requestProvider'))
}
