// Package console is the dashboard: pages for operators, drawn on the server.
// A page is a handler that asks the domain services, the same ones that the API
// calls, and a template beside it. Who may see or change what is said by each
// route; signing in, CSRF tokens, the audit log and errors are dealt with in one
// place for all of them. docs/console.md says how to add a page.
package console
