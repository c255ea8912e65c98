// Binds the buttons to what they do, and shows what came of it.

import { tokensOf } from './chain.mjs'
import { settings } from './settings.mjs'
import * as byServer from './by-server.mjs'
import * as byWallet from './by-wallet.mjs'
import * as user from './user.mjs'
import * as wallet from './wallet.mjs'

const steps = {
  'guest': user.guest,
  'sign-up': user.signUp,
  'log-in': user.logIn,
  'log-out': user.logOut,
  'wallet': wallet.configure,
  'sign-message': wallet.signMessage,
  'grant': byWallet.grant,
  'mint': byWallet.mint,
  'revoke': byWallet.revoke,
  'grant-server': byWallet.grantServer,
  'mint-server': byWallet.mintByServer,
  'grant-all': byWallet.grantAll,
  'register': byServer.register,
  'mint-registered': byServer.mint,
  'revoke-registered': byServer.revoke,
}

const find = (selector) => document.querySelector(selector)

document.addEventListener('submit', (event) => {
  event.preventDefault()
  run(event.submitter)
})
document.addEventListener('change', showRecovery)
showRecovery()
await showState()

async function run(button) {
  const entry = log(button.textContent)
  button.disabled = true
  const start = performance.now()
  try {
    const result = await steps[button.dataset.step](Object.fromEntries(new FormData(button.form)))
    entry.end('done', start, result)
  } catch (error) {
    entry.end('failed', start, error.message)
  }
  await showState()
  button.disabled = false
}

// log adds an entry and answers how to end it.
function log(title) {
  const item = document.createElement('li')
  item.className = 'running'
  item.append(title)
  find('#log ol').prepend(item)
  return {
    end(state, start, result) {
      item.className = state
      const time = document.createElement('time')
      time.textContent = `${Math.round(performance.now() - start)} ms`
      const detail = document.createElement('pre')
      detail.textContent = typeof result === 'string' ? result : JSON.stringify(result, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2)
      item.append(time, detail)
    },
  }
}

async function showState() {
  const account = await wallet.account()
  find('#user').textContent = await user.name().catch((error) => error.message)
  find('#account').textContent = account ? `${account.address} (${account.accountType})` : 'none yet'
  find('#tokens').textContent = account ? await tokensOf(account.address) : 0
}

function showRecovery() {
  find('[data-for=password]').hidden = find('[name=recovery]').value !== 'password'
}

document.documentElement.dataset.chain = settings.chainId
