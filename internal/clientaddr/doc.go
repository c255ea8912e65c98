// Package clientaddr answers the network address that a request comes from. It
// is the peer's, unless the operator trusts the peer as a proxy: then it is what
// proxies say in X-Forwarded-For, as far as the trusted ones wrote it. Limits by
// address and logs ask here and read no such header themselves. The package does
// no I/O and knows nothing of the domain.
package clientaddr
