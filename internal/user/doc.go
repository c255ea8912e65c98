// Package user lets the players of a project sign in by themselves: as guests,
// by what they know or hold, or vouched for by a service that the project
// trusts. It owns users, their ways in and their logins, and decides who may
// enter and how often somebody may try. What a user owns is kept elsewhere,
// under the user's player. Secrets that it gives out are kept as hashes.
package user
