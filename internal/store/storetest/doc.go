// Package storetest is the one suite that every database must pass: what the
// Store interfaces of the domain promise, case by case. A bug found on one
// database becomes a case for both.
package storetest
