// Adds passkeys, and signs in by them. The server says what to ask the browser
// for, and checks what it answers.

const supported = window.PublicKeyCredential?.parseCreationOptionsFromJSON && !/^[\d.]+$|^\[/.test(location.hostname)

async function ask(path, options) {
  const answer = await fetch(path, { headers: { 'HX-Request': 'true' }, ...options })
  if (answer.ok) return answer
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  throw new Error(page.body.textContent.trim() || `The server answered ${answer.status}.`)
}

async function send(path, fields) {
  const csrf = document.querySelector('meta[name=csrf]').content
  return ask(path, { method: 'POST', headers: { 'HX-Request': 'true', 'X-CSRF-Token': csrf }, body: new URLSearchParams(fields) })
}

const json = (credential) => JSON.stringify(credential.toJSON())

function offer(form, act) {
  const problem = form.querySelector('[data-passkey-problem]')
  form.hidden = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    problem.hidden = true
    try {
      await act(form)
    } catch (error) {
      problem.textContent = error.name === 'NotAllowedError' ? 'The browser was told not to, or it took too long.' : error.message
      problem.hidden = false
    }
  })
}

async function add(form) {
  const { publicKey } = await (await ask('/profile/passkeys/options')).json()
  const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
  await send(form.dataset.passkeyAdd, { name: form.elements.name.value, confirm: form.elements.confirm?.value ?? '', credential: json(credential) })
  location.reload()
}

async function signIn(form) {
  const { publicKey } = await (await ask('/sign-in/passkey/options')).json()
  const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) })
  const { to } = await (await send(form.dataset.passkeySignIn, { next: form.dataset.next, credential: json(credential) })).json()
  location.assign(to)
}

if (supported) {
  for (const form of document.querySelectorAll('[data-passkey-add]')) offer(form, add)
  for (const form of document.querySelectorAll('[data-passkey-sign-in]')) offer(form, signIn)
}
