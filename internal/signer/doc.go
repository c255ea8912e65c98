// Package signer holds the keys that the server signs with: relayer keys and
// paymaster keys. Each backend signs digests and transactions and tells its
// address; who may ask for a signature is decided by its owner. Key material
// never appears in errors, in logs or in formatted values.
package signer
