// Package mail sends short texts to people: by SMTP, or in development into a
// folder where they can be read. It knows nothing of what they say.
package mail
