// Users come and go.

import { openfort } from './openfort.mjs'

export async function guest() {
  const { user } = await openfort.auth.signUpGuest()
  return { user: user.id }
}

export async function signUp({ email, password }) {
  const { user, action } = await openfort.auth.signUpWithEmailPassword({ email, password, name: email.split('@')[0], callbackURL: location.href })
  return action ? { action } : { user: user.id }
}

export async function logIn({ email, password }) {
  const { user } = await openfort.auth.logInWithEmailPassword({ email, password })
  return { user: user.id }
}

export async function logOut() {
  await openfort.auth.logout()
  return 'logged out'
}

// name answers how to call the user.
export async function name() {
  if (!(await openfort.getAccessToken())) return 'nobody yet'
  const { id, email } = await openfort.user.get()
  return email || id
}
