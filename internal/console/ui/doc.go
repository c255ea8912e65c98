// Package ui draws what all pages of the dashboard share: the frame around
// them, and the parts that they are made of, such as times, addresses, badges,
// bars, lists and forms. It knows records of no kind; pages hand it text.
package ui

//go:generate go tool -modfile=../../../tools/go.mod templ generate -path .. -log-level error
