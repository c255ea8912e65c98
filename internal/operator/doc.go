// Package operator knows the people who use the dashboard: who they are, what
// their role lets them do, how they prove it (a one-time link, a password, a
// passkey), their console sessions, and the audit log of what they changed.
// Operators belong to the installation, not to a project. Tokens leave this
// package once, when they are made; only their hashes are stored.
package operator
