// What the official SDK understands of a failure. Each of these words becomes
// an error class of its own in the app; most make the SDK forget the account,
// so that the app configures it again. Every other failure is thrown, which the
// SDK passes on with its text and forgets nothing.

export const notConfigured = 'not-configured-error'
export const missingPassword = 'missing-user-entropy-error'
export const wrongPassword = 'incorrect-user-entropy-error'
export const missingPasskey = 'missing-passkey-error'
export const wrongPasskey = 'incorrect-passkey-error'
export const missingProject = 'missing-project-entropy-error'

export class Failure extends Error {
  // word is one of the above.
  constructor(word, options) {
    super(word, options)
    this.name = 'Failure'
    this.word = word
  }
}
