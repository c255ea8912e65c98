// Package httpapi is the REST API as Openfort's official SDKs speak it. A
// handler decodes the request, calls one method of a domain service and
// encodes what it answers; rules live in the domain. Every failure is turned
// into an answer in errors.go. Request and answer types are generated from
// api/openapi.yaml, which is also the reference for clients.
package httpapi

//go:generate go tool -modfile=../../tools/go.mod oapi-codegen -config oapi-codegen.yaml ../../api/openapi.yaml
