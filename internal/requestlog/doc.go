// Package requestlog keeps the latest API requests for people who ask what went
// wrong: who asked for what, and how it was answered, by the request's id. Bodies,
// queries and headers are never in it. Requests are noted off their own path, in
// batches, and only so many are kept.
package requestlog
